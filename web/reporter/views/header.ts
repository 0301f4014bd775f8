// The top of the page: a small mark, where to go, the language.
import { element } from '../../shared/element.ts';
import { LANGUAGES } from '../../shared/language.ts';
import { language, say, sayAttribute, setLanguage, whenSaid, type MessageKey } from '../../shared/say.ts';

/** `easy` and `access` are reached from the foot of every page. */
export type Page = 'report' | 'return' | 'help' | 'easy' | 'access';

const PAGES: readonly (readonly [Page, MessageKey])[] = [
  ['report', 'nav-report'],
  ['return', 'nav-return'],
  ['help', 'nav-help'],
];

const SVG = 'http://www.w3.org/2000/svg';

/** Two strokes, one leaning over the other. */
function mark(): SVGSVGElement {
  const drawing = document.createElementNS(SVG, 'svg');
  drawing.setAttribute('viewBox', '0 0 32 32');
  drawing.setAttribute('class', 'mark');
  drawing.setAttribute('aria-hidden', 'true');
  for (const [shape, role] of [
    ['M8 27V13a6 6 0 0 1 6-6', 'mark__one'],
    ['M14 27v-7a5.5 5.5 0 0 1 11 0v7', 'mark__two'],
  ] as const) {
    const stroke = document.createElementNS(SVG, 'path');
    stroke.setAttribute('d', shape);
    stroke.setAttribute('class', role);
    drawing.append(stroke);
  }
  return drawing;
}

function languageMenu(): HTMLElement {
  const menu = sayAttribute(element('select', { class: 'languages', translate: 'no', autocomplete: 'off' }), 'aria-label', 'language-label');
  for (const { code, name } of LANGUAGES) menu.append(element('option', { value: code, lang: code }, name));
  menu.addEventListener('change', () => {
    setLanguage(menu.value);
    // Kept in the address only, in place of the entry that is there, so that a reload keeps it.
    history.replaceState(null, '', `?lang=${menu.value}${location.hash}`);
  });
  whenSaid(menu, () => {
    menu.value = language();
  });
  return menu;
}

export interface Header {
  readonly root: HTMLElement;
  /** Marks the page that is shown. */
  mark(page: Page): void;
}

export function header(go: (page: Page) => void): Header {
  const links = PAGES.map(([page, key]) => {
    const link = say(element('a', { href: `#${page}`, class: 'pages__link' }), key);
    link.addEventListener('click', (event) => {
      event.preventDefault();
      go(page);
    });
    return [page, link] as const;
  });
  const root = element(
    'header',
    { class: 'top' },
    element('span', { class: 'wordmark' }, mark(), say(element('span', { translate: 'no' }), 'wordmark')),
    sayAttribute(element('nav', { class: 'pages' }, ...links.map(([, link]) => link)), 'aria-label', 'nav-label'),
    languageMenu(),
  );
  return {
    root,
    mark(current) {
      for (const [page, link] of links) {
        if (page === current) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
    },
  };
}
