// Tick boxes and radio buttons in Codex markup, with a legend.
import { element, freshId } from '../../shared/element.ts';
import { say, type MessageKey } from '../../shared/say.ts';

/** What goes over the wire, and how it is called on the page. */
export type Choice = readonly [value: string, label: MessageKey];

export interface Choices {
  readonly root: HTMLFieldSetElement;
  /** The values that are ticked, in the order of the page. */
  chosen(): string[];
}

/** One tick box or radio button with whatever stands beside it. */
export function tick(
  kind: 'checkbox' | 'radio',
  name: string,
  value: string,
  ...label: (Node | string)[]
): { root: HTMLElement; input: HTMLInputElement } {
  const id = freshId(kind);
  const input = element('input', { id, class: `cdx-${kind}__input`, type: kind, name, value, autocomplete: 'off' });
  const root = element(
    'span',
    { class: `cdx-${kind}` },
    element(
      'span',
      { class: `cdx-${kind}__wrapper` },
      input,
      element('span', { class: `cdx-${kind}__icon` }),
      element('span', { class: `cdx-${kind}__label cdx-label` }, element('label', { for: id, class: 'cdx-label__label' }, ...label)),
    ),
  );
  return { root, input };
}

/** A group of choices: several may be ticked (`checkbox`) or one (`radio`). `hint` says why it is asked. */
export function choices(kind: 'checkbox' | 'radio', legend: MessageKey, hint: MessageKey, offered: readonly Choice[]): Choices {
  const name = freshId('choice');
  const ticks = offered.map(([value, label]) => tick(kind, name, value, say(element('span'), label)));
  const hintId = freshId('hint');
  const root = element(
    'fieldset',
    { class: `field choices choices--${kind}`, 'aria-describedby': hintId },
    say(element('legend', { class: 'field-label' }), legend),
    say(element('p', { class: 'hint', id: hintId }), hint),
    element('div', { class: 'choices__list' }, ...ticks.map((one) => one.root)),
  );
  return {
    root,
    chosen: () => ticks.filter((one) => one.input.checked).map((one) => one.input.value),
  };
}
