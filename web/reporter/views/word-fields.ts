// Twelve small fields for the words: completion after four letters, paste of the whole
// phrase into any of them, space or Enter from one to the next.
import { PRIVATE, element } from '../../shared/element.ts';
import { sayAttribute } from '../../shared/say.ts';
import { UNIQUE_LETTERS, WORD_COUNT, completionOf, tidyWord, wordsIn } from '../phrase.ts';

export interface WordFields {
  readonly root: HTMLElement;
  /** What stands in the fields, tidied, empty ones left out. */
  words(): string[];
  clear(): void;
  /** Points at one field, 1 to 12. */
  point(position: number): void;
}

/** `complete` gives the words that begin with a prefix. */
export function wordFields(complete: (prefix: string) => Promise<string[]>): WordFields {
  const inputs = Array.from({ length: WORD_COUNT }, (_, index) =>
    sayAttribute(
      element('input', {
        ...PRIVATE,
        type: 'text',
        class: 'cdx-text-input__input',
        dir: 'ltr',
        enterkeyhint: index + 1 < WORD_COUNT ? 'next' : 'done',
      }),
      'aria-label',
      'word-label',
      [index + 1],
    ),
  );

  const spread = (from: number, words: readonly string[]): void => {
    // A whole phrase always begins at the first field, wherever it was dropped.
    const start = words.length >= WORD_COUNT ? 0 : from;
    words.slice(0, WORD_COUNT - start).forEach((word, offset) => {
      const input = inputs[start + offset];
      if (input !== undefined) input.value = word;
    });
    inputs[Math.min(start + words.length, WORD_COUNT) - 1]?.focus();
  };

  inputs.forEach((input, index) => {
    let before = '';
    input.addEventListener('paste', (event) => {
      const words = wordsIn(event.clipboardData?.getData('text') ?? '');
      if (words.length < 2) return;
      event.preventDefault();
      spread(index, words);
    });
    input.addEventListener('input', () => {
      input.removeAttribute('aria-invalid');
      const words = wordsIn(input.value);
      if (words.length > 1) {
        // Some keyboards insert a phrase without a paste event.
        spread(index, words);
        return;
      }
      if (/\s$/.test(input.value)) {
        // A space typed on a phone comes without a usable key event.
        input.value = tidyWord(input.value);
        if (input.value !== '') inputs[index + 1]?.focus();
        return;
      }
      const typed = input.value;
      const grown = typed.length > before.length;
      before = typed;
      if (!grown || [...tidyWord(typed)].length < UNIQUE_LETTERS) return;
      void complete(tidyWord(typed)).then(
        (fitting) => {
          const word = completionOf(typed, fitting);
          if (word === null || input.value !== typed) return;
          input.value = word;
          // What was added is selected, so that whoever types the whole word just goes on.
          if (document.activeElement === input) input.setSelectionRange(typed.length, word.length);
        },
        () => undefined,
      );
    });
    input.addEventListener('keydown', (event) => {
      const next = inputs[index + 1];
      const previous = inputs[index - 1];
      if (event.key === ' ' || (event.key === 'Enter' && next !== undefined)) {
        event.preventDefault();
        if (input.value.trim() !== '') next?.focus();
      } else if (event.key === 'Backspace' && input.value === '') {
        previous?.focus();
      }
    });
  });

  return {
    root: element(
      'ol',
      { class: 'word-fields', dir: 'ltr' },
      ...inputs.map((input) => element('li', {}, element('div', { class: 'cdx-text-input' }, input))),
    ),
    words: () => inputs.map((input) => tidyWord(input.value)).filter((word) => word !== ''),
    clear() {
      for (const input of inputs) input.value = '';
      inputs[0]?.focus();
    },
    point(position) {
      const input = inputs[position - 1];
      input?.setAttribute('aria-invalid', 'true');
      input?.focus();
    },
  };
}
