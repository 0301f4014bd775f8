// Messages as MediaWiki and translatewiki.net write them: `$1`, `{{PLURAL:$1|one|more}}` and
// `{{GENDER:$1|he|she|they}}`, not nested. Plural rules and digits are the browser's own (CLDR), in
// place of a library that would be a third of all that loads before somebody can type.

export type Parameter = string | number;

/** The order in which translators write the plural forms of a language. */
const CATEGORIES = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

/** How translatewiki.net orders the forms of GENDER; whatever else is neutral. */
const GENDERS: Record<string, number> = { male: 0, female: 1 };
const NEUTRAL = 2;

function pluralForm(locale: string, count: number, forms: readonly string[]): number {
  const rules = new Intl.PluralRules(locale);
  const { pluralCategories } = rules.resolvedOptions();
  const own = CATEGORIES.filter((category) => pluralCategories.includes(category));
  return Math.min(own.indexOf(rules.select(count)), forms.length - 1);
}

function genderForm(gender: Parameter, forms: readonly string[]): number {
  const form = GENDERS[gender] ?? NEUTRAL;
  // Where there is no neutral form the first one has to do, as on translatewiki.net.
  return form < forms.length ? form : 0;
}

/** A form that is for one number only: `0=nobody`. */
function exactForm(count: number, forms: readonly string[]): string | undefined {
  const exact = forms.find((form) => /^\d+=/.test(form) && Number.parseInt(form, 10) === count);
  return exact?.replace(/^\d+=/, '');
}

/** One message with its parameters. What the parameters hold is never read as a message. */
export function format(locale: string, message: string, parameters: readonly Parameter[]): string {
  const shown = (hole: string, place: string): string => {
    const value = parameters[Number(place) - 1];
    return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : (value ?? hole);
  };
  const fill = (text: string): string => text.replace(/\$(\d)/g, shown);
  return message.replace(
    /\{\{(PLURAL|GENDER):\$(\d)\|([^{}]*)\}\}|\$(\d)/g,
    (whole, choice: string | undefined, by: string, listed: string, place: string) => {
      if (choice === undefined) return shown(whole, place);
      const forms = listed.split('|');
      const value = parameters[Number(by) - 1] ?? '';
      if (choice === 'GENDER') return fill(forms[genderForm(value, forms)] ?? '');
      const exact = exactForm(Number(value), forms);
      const ordinary = forms.filter((form) => !/^\d+=/.test(form));
      return fill(exact ?? ordinary[pluralForm(locale, Number(value), ordinary)] ?? '');
    },
  );
}
