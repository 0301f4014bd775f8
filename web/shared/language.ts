// Which languages there are and which one a visitor gets. Nothing is remembered on the
// device: the choice lives in the address (`?lang=de`) and in this page's memory.
import all from 'beistand:texts';

export interface Language {
  readonly code: string;
  /** What the language calls itself. */
  readonly name: string;
}

/** Languages written from right to left; all others run the other way. */
const RIGHT_TO_LEFT = ['ar', 'arc', 'azb', 'ckb', 'dv', 'fa', 'glk', 'he', 'ks', 'lrc', 'mzn', 'nqo', 'pnb', 'ps', 'sd', 'ug', 'ur', 'yi'];

function primary(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}

/** The name of a language in itself, with the capital that a list of names has. */
function ownName(code: string): string {
  const name = new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code;
  return name.slice(0, 1).toLocaleUpperCase(code) + name.slice(1);
}

const CODES = Object.keys(all.texts);

export const LANGUAGES: readonly Language[] = CODES
  .map((code) => ({ code, name: ownName(code) }))
  .sort((one, other) => one.name.localeCompare(other.name));

/** The language asked for in the address, else the first preferred one we speak, else English. */
export function chooseLanguage(query: string, preferred: readonly string[]): string {
  const asked = new URLSearchParams(query).get('lang');
  for (const wish of [asked ?? '', ...preferred]) {
    for (const code of [wish.toLowerCase(), primary(wish)]) {
      if (CODES.includes(code)) return code;
    }
  }
  return 'en';
}

/** The writing direction of a language. */
export function directionOf(code: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(primary(code)) ? 'rtl' : 'ltr';
}
