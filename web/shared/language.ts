// Which languages there are and which one a visitor gets. Nothing is remembered on the
// device: the choice lives in the address (`?lang=de`) and in this page's memory.

export interface Language {
  readonly code: string;
  /** What the language calls itself. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
}

export const LANGUAGES: readonly Language[] = [
  { code: 'de', name: 'Deutsch', direction: 'ltr' },
  { code: 'en', name: 'English', direction: 'ltr' },
];

/** The language asked for in the address, else the first preferred one we speak, else English. */
export function chooseLanguage(query: string, preferred: readonly string[]): string {
  const asked = new URLSearchParams(query).get('lang');
  for (const wish of [asked ?? '', ...preferred]) {
    const primary = wish.toLowerCase().split('-')[0];
    const known = LANGUAGES.find((language) => language.code === primary);
    if (known !== undefined) return known.code;
  }
  return 'en';
}

/** The writing direction of a language we speak. */
export function directionOf(code: string): 'ltr' | 'rtl' {
  return LANGUAGES.find((language) => language.code === code)?.direction ?? 'ltr';
}
