// Building the page without a framework and without innerHTML.

type Child = Node | string | null;
type Attributes = Record<string, string | boolean | null>;

/**
 * One HTML element with attributes and children. `true` sets an empty attribute,
 * `false` and `null` leave it out; strings become text, never markup.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child): child is Node | string => child !== null));
  return made;
}

/** Attributes of a field whose content is nobody else's business: no spelling service, no translation, no memory. */
export const PRIVATE: Attributes = {
  autocomplete: 'off',
  autocapitalize: 'off',
  autocorrect: 'off',
  spellcheck: 'false',
  translate: 'no',
  'data-gramm': 'false',
  'data-lpignore': 'true',
  'data-1p-ignore': true,
};

let counter = 0;

/** An id that no other element of this page has, for `for` and `aria-describedby`. */
export function freshId(stem: string): string {
  counter += 1;
  return `${stem}-${counter}`;
}
