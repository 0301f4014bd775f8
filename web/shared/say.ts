// Texts, bound to the elements that show them, so that the language can change in the middle of a
// visit without a reload and without losing a word typed.
import all from 'beistand:texts';
import type en from '../i18n/en.json';
import { directionOf } from './language.ts';
import { format, type Parameter } from './message.ts';

export type MessageKey = Exclude<keyof typeof en, '@metadata'>;
/** Parameters, or how to make them in the language of the moment (dates, lists of names). */
type Parameters = Parameter[] | (() => Parameter[]);

/** Speaks where a translation has no message yet. */
const SOURCE = 'en';
const places = new Map(all.keys.map((key, place) => [key, place]));
let spoken = SOURCE;
const bindings = new WeakMap<Element, Map<string, () => void>>();
const MARK = 'data-said';

/** The language the page speaks at this moment. */
export function language(): string {
  return spoken;
}

/** One message as text. */
export function text(key: MessageKey, ...parameters: Parameter[]): string {
  const place = places.get(key) ?? -1;
  const translated = all.texts[spoken]?.[place];
  const message = translated ?? all.texts[SOURCE]?.[place] ?? key;
  return format(translated == null ? SOURCE : spoken, message, parameters);
}

function bind(target: Element, slot: string, render: () => void): void {
  const slots = bindings.get(target) ?? new Map<string, () => void>();
  slots.set(slot, render);
  bindings.set(target, slots);
  target.setAttribute(MARK, '');
  render();
}

function resolve(parameters: Parameters | undefined): Parameter[] {
  return typeof parameters === 'function' ? parameters() : (parameters ?? []);
}

/** Lets `target` show a message, now and after every change of language. */
export function say<Target extends Element>(target: Target, key: MessageKey, parameters?: Parameters): Target {
  bind(target, 'text', () => {
    target.textContent = text(key, ...resolve(parameters));
  });
  return target;
}

/** The same for an attribute, such as `aria-label`. */
export function sayAttribute<Target extends Element>(
  target: Target,
  attribute: string,
  key: MessageKey,
  parameters?: Parameters,
): Target {
  bind(target, attribute, () => target.setAttribute(attribute, text(key, ...resolve(parameters))));
  return target;
}

/** Runs `render` now and after every change of language, for what is more than one text. */
export function whenSaid(target: Element, render: () => void): void {
  bind(target, 'whole', render);
}

/** Switches the language of the whole page in place. */
export function setLanguage(code: string): void {
  spoken = code;
  document.documentElement.lang = code;
  document.documentElement.dir = directionOf(code);
  document.title = text('title');
  for (const target of document.querySelectorAll(`[${MARK}]`)) {
    for (const render of bindings.get(target)?.values() ?? []) render();
  }
}

/** The visitor's own kind of the language (British dates, say), where the browser tells. */
function ownKind(): string {
  const kinds = globalThis.navigator?.languages ?? [];
  return kinds.find((kind) => kind.toLowerCase().split('-')[0] === language()) ?? language();
}

/** A day (days since 1970-01-01 UTC) as people write it. */
export function dayInWords(day: number): string {
  return new Intl.DateTimeFormat(ownKind(), { dateStyle: 'long', timeZone: 'UTC' }).format(day * 86_400_000);
}

/** "a, b and c" in the language of the moment. */
export function listInWords(items: readonly string[]): string {
  return new Intl.ListFormat(ownKind(), { type: 'conjunction' }).format(items);
}
