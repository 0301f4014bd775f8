// The end of every page: the same in easy language, and how accessible all this is.
import { element } from '../../shared/element.ts';
import { say, sayAttribute, type MessageKey } from '../../shared/say.ts';
import type { Page } from './header.ts';

const LINKS: readonly (readonly [Page, MessageKey])[] = [
  ['easy', 'easy-link'],
  ['access', 'access-link'],
];

/** A link to another page of this site, which `go` shows without loading anything. */
export function pageLink(page: Page, key: MessageKey, go: (page: Page) => void): HTMLAnchorElement {
  const link = say(element('a', { href: `#${page}` }), key);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    go(page);
  });
  return link;
}

export function foot(go: (page: Page) => void): HTMLElement {
  return sayAttribute(
    element('nav', { class: 'foot' }, ...LINKS.map(([page, key]) => pageLink(page, key, go))),
    'aria-label',
    'foot-label',
  );
}
