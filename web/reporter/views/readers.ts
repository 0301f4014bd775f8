// Who may read this: everybody is ticked, anybody can be unticked, nobody asks why.
import { element } from '../../shared/element.ts';
import { dayInWords, listInWords, say, text, whenSaid } from '../../shared/say.ts';
import type { Member } from '../wire.ts';
import { tick } from './choice.ts';
import { notice } from './notice.ts';

/** "Ada (she/her)" */
export function nameOf(member: { name: string; pronouns?: string | null }): string {
  return member.pronouns == null ? member.name : text('name-with-pronouns', member.name, member.pronouns);
}

/** The names of languages given as codes, where the browser knows them. */
export function languagesInWords(codes: readonly string[], locale: string): string {
  const names = new Intl.DisplayNames(locale, { type: 'language' });
  return listInWords(
    codes.map((code) => {
      try {
        return names.of(code) ?? code;
      } catch {
        return code;
      }
    }),
  );
}

export interface Readers {
  readonly root: HTMLFieldSetElement;
  /** Those who may read, in the order of the roster. */
  left(): Member[];
  /** Their serials. */
  allowed(): number[];
  /** True, and says so kindly, where nobody is left. */
  nobody(): boolean;
}

function facts(member: Member): HTMLElement {
  const root = element('span', { class: 'reader__facts' });
  whenSaid(root, () => {
    const parts: string[] = [];
    if (member.languages.length > 0) {
      parts.push(text('reader-languages', languagesInWords(member.languages, document.documentElement.lang)));
    }
    if (member.away_until !== undefined) parts.push(text('reader-away', dayInWords(member.away_until)));
    root.textContent = parts.join(' · ');
  });
  return root;
}

/** The tick boxes for the members of a verified roster. */
export function readers(members: readonly Member[]): Readers {
  const remark = notice();
  const ticks = members.map((member) => {
    const name = element('span', { class: 'reader__name', translate: 'no' });
    whenSaid(name, () => (name.textContent = nameOf(member)));
    const one = tick('checkbox', 'reader', String(member.serial), name, ' ', facts(member));
    one.input.checked = true;
    return { member, ...one };
  });
  const left = (): Member[] => ticks.filter((one) => one.input.checked).map((one) => one.member);
  const comment = (): void => {
    const [first, ...others] = left();
    if (first === undefined) remark.show('care', 'readers-none');
    else if (others.length === 0 && members.length > 1) remark.show('calm', 'readers-one', [first.name]);
    else remark.clear();
  };
  const root = element(
    'fieldset',
    { class: 'field choices readers' },
    say(element('legend', { class: 'field-label field-label--heading' }), 'readers-legend'),
    say(element('p', { class: 'hint' }), 'readers-hint'),
    element('div', { class: 'choices__list' }, ...ticks.map((one) => one.root)),
    remark.root,
  );
  root.addEventListener('change', comment);
  return {
    root,
    left,
    allowed: () => left().map((member) => member.serial),
    nobody() {
      comment();
      return left().length === 0;
    },
  };
}
