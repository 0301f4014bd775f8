// The 12 words as people type and paste them. Pure, so that it can be tested without a page.

export const WORD_COUNT = 12;

/** The words in a pasted text: numbers, dots, commas and line breaks of a note are no words. */
export function wordsIn(text: string): string[] {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^\p{Letter}\p{Mark}]+/u)
    .filter((word) => word !== '');
}

/** One word, made comparable: as typed on a phone, with a capital or a space behind it. */
export function tidyWord(text: string): string {
  return wordsIn(text)[0] ?? '';
}

/** From this many letters on, a beginning can mean only one word. */
export const UNIQUE_LETTERS = 4;

/** The word a typed beginning stands for, if it is long enough and only one fits. */
export function completionOf(typed: string, fitting: readonly string[]): string | null {
  const prefix = tidyWord(typed);
  if ([...prefix].length < UNIQUE_LETTERS) return null;
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

/** Two different places out of 12, in ascending order, for "type words 3 and 9". */
export function twoPlaces(random: (below: number) => number): [number, number] {
  const first = random(WORD_COUNT);
  const second = (first + 1 + random(WORD_COUNT - 1)) % WORD_COUNT;
  return first < second ? [first, second] : [second, first];
}

/** A random whole number below `below` (at most 256), without favourites. */
export function randomBelow(below: number): number {
  const cell = new Uint8Array(1);
  const limit = 256 - (256 % below);
  do crypto.getRandomValues(cell);
  while ((cell[0] ?? 0) >= limit);
  return (cell[0] ?? 0) % below;
}
