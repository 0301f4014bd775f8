// Numbers for immediate danger and other ways to the team, on every page. Before a
// verified roster is there, only what is true everywhere is said.
import { element } from '../../shared/element.ts';
import { language, say, text, whenSaid } from '../../shared/say.ts';
import type { Visit } from '../visit.ts';
import type { Helpline, LocalText, PublicView } from '../wire.ts';
import { languagesInWords } from './readers.ts';

/** Helplines in the visitor's language first, otherwise in the organisation's order. */
export function inOrderFor(locale: string, helplines: readonly Helpline[]): Helpline[] {
  const strange = (line: Helpline): number => (primary(line.language) === locale ? 0 : 1);
  return [...helplines].sort((a, b) => strange(a) - strange(b));
}

/** The texts in the visitor's language; else the English ones; else all there are. */
export function textsFor(locale: string, texts: readonly LocalText[]): LocalText[] {
  for (const wanted of [locale, 'en']) {
    const fitting = texts.filter((one) => primary(one.language) === wanted);
    if (fitting.length > 0) return fitting;
  }
  return [...texts];
}

function primary(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}

/** Where a helpline can be called from, in words; empty where that is anywhere. */
function place(country: string): string {
  if (!/^[A-Z]{2}$/.test(country)) return '';
  return new Intl.DisplayNames(language(), { type: 'region' }).of(country) ?? '';
}

/** The address a contact can be opened with: a phone number, a mail address or an https page; else none. */
export function addressOf(contact: string): string | null {
  const trimmed = contact.trim();
  if (/^https:\/\/[^\s]+$/.test(trimmed)) return trimmed;
  if (/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(trimmed)) return `mailto:${trimmed}`;
  const digits = trimmed.replace(/[\s\-–/().]/g, '');
  return /^\+?\d{3,15}$/.test(digits) ? `tel:${digits}` : null;
}

function contact(value: string): Node {
  const address = addressOf(value);
  if (address === null) return element('bdi', { translate: 'no' }, value);
  return element('a', { href: address, rel: 'noreferrer', translate: 'no' }, element('bdi', {}, value));
}

function helpline(line: Helpline): HTMLElement {
  const facts = [place(line.country), languagesInWords([line.language], language())].filter((fact) => fact !== '');
  return element(
    'li',
    { class: 'helpline' },
    element('span', { class: 'helpline__name', lang: line.language }, element('bdi', {}, line.name)),
    contact(line.contact),
    element('span', { class: 'helpline__facts' }, facts.join(' · ')),
  );
}

/** A text with its mail and https addresses made into links; everything else stays text. */
function linked(text: string): (Node | string)[] {
  return text.split(/((?:https:\/\/|[^\s@<>"]+@)[^\s@<>"]*[^\s@<>".,;:!?)])/).map((piece, index) => {
    return index % 2 === 1 ? contact(piece) : piece;
  });
}

function known(visit: Visit): PublicView | null {
  return visit.standing.is === 'ready' || visit.standing.is === 'expired' ? visit.standing.view : null;
}

/** The section at the foot of every page. */
export function helplines(visit: Visit): HTMLElement {
  const heading = say(element('h2', { id: 'helplines-heading' }), 'helplines-heading');
  const emergency = element('p');
  whenSaid(emergency, () => {
    const [before = '', after = ''] = text('helplines-emergency', '\u0000').split('\u0000');
    emergency.replaceChildren(before, element('a', { href: 'tel:112' }, '112'), after);
  });
  const lines = element('ul', { class: 'helplines__list' });
  const waysHeading = say(element('h3'), 'other-ways-heading');
  const ways = element('ul', { class: 'helplines__ways' });
  const belongs = element('p', { class: 'hint' });
  const fill = (): void => {
    const organisation = known(visit)?.organisation;
    lines.replaceChildren(...inOrderFor(language(), organisation?.helplines ?? []).map(helpline));
    const published = textsFor(language(), organisation?.other_ways ?? []).map((way) =>
      // The direction is the text's own, the place of the list's marker is the page's.
      element('li', {}, element('span', { lang: way.language, dir: 'auto' }, ...linked(way.text))),
    );
    const trouble = visit.standing.is === 'trouble';
    ways.replaceChildren(...(trouble ? [say(element('li'), 'other-ways-unknown')] : published));
    for (const part of [waysHeading, ways]) part.hidden = ways.childElementCount === 0;
    belongs.textContent = organisation === undefined ? '' : text('footer-organisation', organisation.name);
  };
  whenSaid(lines, fill);
  visit.watch(fill);
  return element(
    'section',
    { class: 'helplines', 'aria-labelledby': 'helplines-heading' },
    heading,
    emergency,
    lines,
    waysHeading,
    ways,
    belongs,
  );
}
