// What this is, in easy language: one thing a sentence, one sentence a line. Beside it, how
// accessible the site is. Both are text under headings.
import { element } from '../../shared/element.ts';
import { say, text, whenSaid, type MessageKey } from '../../shared/say.ts';

type Section = readonly [heading: MessageKey, lines: MessageKey];

const EASY: readonly Section[] = [
  ['easy-what', 'easy-what-lines'],
  ['easy-do', 'easy-do-lines'],
  ['easy-who', 'easy-who-lines'],
  ['easy-words', 'easy-words-lines'],
  ['easy-leave', 'easy-leave-lines'],
  ['easy-danger', 'easy-danger-lines'],
];
const ACCESS: readonly Section[] = [
  ['access-aim', 'access-aim-lines'],
  ['access-tested', 'access-tested-lines'],
  ['access-limits', 'access-limits-lines'],
  ['access-tell', 'access-tell-lines'],
];

/** The lines of a message, each a paragraph of its own. */
function paragraphs(key: MessageKey): HTMLElement {
  const root = element('div', { class: 'lines' });
  whenSaid(root, () => root.replaceChildren(...text(key).split('\n').map((line) => element('p', {}, line))));
  return root;
}

function textPage(name: string, heading: MessageKey, sections: readonly Section[]): HTMLElement {
  return element(
    'div',
    { class: `page ${name}` },
    say(element('h1', { tabindex: '-1' }), heading),
    ...sections.map(([title, lines]) => element('section', { class: 'about' }, say(element('h2'), title), paragraphs(lines))),
  );
}

/** The page in easy language. `write` brings the person to the report. */
export function easyPage(write: HTMLElement): HTMLElement {
  const root = textPage('easy', 'easy-link', EASY);
  root.append(element('p', {}, write));
  return root;
}

export function accessPage(): HTMLElement {
  return textPage('access', 'access-link', ACCESS);
}
