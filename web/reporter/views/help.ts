// Help now: the numbers come first (the section at the foot of every page moves up by
// itself, this page being short), then what this page does in plain words.
import { element } from '../../shared/element.ts';
import { say, text, whenSaid, type MessageKey } from '../../shared/say.ts';

const ABOUT: readonly MessageKey[] = ['help-about-seal', 'help-about-storage', 'help-about-decoy'];

/** `numbers`: the section with the helplines. */
export function helpPage(): HTMLElement {
  const program = element('p');
  whenSaid(program, () => {
    const [before = '', after = ''] = text('help-about-program', '\u0000').split('\u0000');
    program.replaceChildren(before, element('code', { translate: 'no' }, 'beistand-report'), after);
  });
  return element(
    'div',
    { class: 'page' },
    say(element('h1', { tabindex: '-1' }), 'help-heading'),
    element(
      'section',
      { class: 'about' },
      say(element('h2'), 'help-about-heading'),
      ...ABOUT.map((key) => say(element('p'), key)),
      program,
    ),
  );
}
