// After sending: the 12 words, large; copy and print; then two of them asked back.
import { PRIVATE, element, freshId } from '../../shared/element.ts';
import { dayInWords, say } from '../../shared/say.ts';
import { randomBelow, tidyWord, twoPlaces } from '../phrase.ts';
import { workingDaysAfter } from '../workdays.ts';
import type { PublicView, Words } from '../wire.ts';
import { notice, type Notice } from './notice.ts';

const QUIET_BUTTON = 'cdx-button cdx-button--size-large';

function wordList({ language, words }: Words): HTMLElement {
  return element(
    'ol',
    { class: 'words', translate: 'no', lang: language, dir: 'ltr' },
    ...words.map((word) => element('li', { class: 'words__word' }, element('span', {}, word))),
  );
}

function keepingButtons(words: readonly string[]): HTMLElement {
  const remark = notice();
  const copy = say(element('button', { type: 'button', class: QUIET_BUTTON }), 'words-copy');
  copy.addEventListener('click', () => {
    navigator.clipboard?.writeText(words.join(' ')).then(
      () => remark.show('calm', 'words-copied'),
      () => remark.show('calm', 'words-copy-failed'),
    ) ?? remark.show('calm', 'words-copy-failed');
  });
  const print = say(element('button', { type: 'button', class: QUIET_BUTTON }), 'words-print');
  print.addEventListener('click', () => window.print());
  return element('div', { class: 'keeping' }, element('div', { class: 'row' }, copy, print), remark.root);
}

interface Check {
  root: HTMLElement;
  confirmed(): boolean;
}

function twoWords(words: readonly string[]): Check {
  const remark = notice();
  const places = twoPlaces(randomBelow);
  const inputs = places.map((place) => {
    const id = freshId('check');
    const input = element('input', { ...PRIVATE, id, type: 'text', class: 'cdx-text-input__input', dir: 'ltr' });
    const label = say(element('label', { for: id, class: 'field-label' }), 'words-check-label', [place + 1]);
    return { place, input, root: element('div', { class: 'field' }, label, element('div', { class: 'cdx-text-input' }, input)) };
  });
  let right = false;
  const form = element(
    'form',
    { class: 'check', autocomplete: 'off', novalidate: true },
    say(element('h2'), 'words-check'),
    element('div', { class: 'row row--fields' }, ...inputs.map((one) => one.root)),
    remark.root,
    say(element('button', { type: 'submit', class: QUIET_BUTTON }), 'words-check-button'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wrong = inputs.find(({ place, input }) => tidyWord(input.value) !== words[place]);
    right = wrong === undefined;
    if (wrong === undefined) {
      remark.show('good', 'words-check-right');
    } else {
      remark.show('calm', 'words-check-wrong');
      wrong.input.focus();
    }
  });
  return { root: form, confirmed: () => right };
}

/** The page with the words. `day`: under which the envelope is kept; `standing`: how far it has come. */
export function wordsSheet({ language, words }: Words, day: number, standing: Notice, view: PublicView): Check {
  const check = twoWords(words);
  const answerBy = workingDaysAfter(day, view.organisation.promise_days);
  const root = element(
    'div',
    { class: 'after' },
    say(element('h1', { tabindex: '-1' }), 'words-heading'),
    standing.root,
    element(
      'section',
      { class: 'sheet words-sheet' },
      say(element('h2'), 'words-title'),
      say(element('p', {}), 'words-explain'),
      wordList({ language, words }),
      keepingButtons(words),
      say(element('p', { class: 'hint' }), 'words-lost'),
      say(element('p', { class: 'hint' }), 'words-secret'),
      check.root,
    ),
    element(
      'section',
      { class: 'next' },
      say(element('h2'), 'next-heading'),
      element(
        'ul',
        {},
        say(element('li'), 'next-answer', () => [dayInWords(answerBy)]),
        say(element('li'), 'next-return'),
        say(element('li'), 'next-readable', () => [dayInWords(day + view.ttl_days)]),
        say(element('li'), 'next-leave'),
        say(element('li'), 'know-idle'),
      ),
    ),
  );
  return { root, confirmed: check.confirmed };
}
