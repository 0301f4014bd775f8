// In which languages an answer may come: those that somebody on the roster speaks.
import { element, freshId } from '../../shared/element.ts';
import { language, say, whenSaid } from '../../shared/say.ts';
import type { Member } from '../wire.ts';
import { tick } from './choice.ts';
import { languagesInWords } from './readers.ts';

export interface AnswerLanguages {
  readonly root: HTMLFieldSetElement;
  /** Offers what these members speak. */
  offer(members: readonly Member[]): void;
  /** The tags that are ticked. */
  chosen(): string[];
}

export function answerLanguages(): AnswerLanguages {
  const list = element('div', { class: 'choices__list' });
  const hint = freshId('hint');
  const root = element(
    'fieldset',
    { class: 'field choices', 'aria-describedby': hint },
    say(element('legend', { class: 'field-label' }), 'languages-label'),
    say(element('p', { class: 'hint', id: hint }), 'languages-hint'),
    list,
  );
  root.hidden = true;
  let inputs: HTMLInputElement[] = [];
  return {
    root,
    offer(members) {
      const tags = [...new Set(members.flatMap((member) => member.languages))];
      const ticks = tags.map((tag) => {
        const name = element('span');
        whenSaid(name, () => {
          name.textContent = languagesInWords([tag], language());
        });
        return tick('checkbox', 'language', tag, name);
      });
      inputs = ticks.map((one) => one.input);
      list.replaceChildren(...ticks.map((one) => one.root));
      // With one language there is nothing to choose.
      root.hidden = tags.length < 2;
    },
    chosen: () => inputs.filter((input) => input.checked).map((input) => input.value),
  };
}
