// The top of the page: a small mark, three places to go, the language.
import { element } from '../../shared/element.ts';
import { LANGUAGES } from '../../shared/language.ts';
import { language, say, sayAttribute, setLanguage, whenSaid, type MessageKey } from '../../shared/say.ts';

export type Page = 'report' | 'return' | 'help';

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

function languageButtons(): HTMLElement {
  const group = sayAttribute(element('div', { class: 'languages', role: 'group' }), 'aria-label', 'language-label');
  const buttons = LANGUAGES.map((one) => {
    const button = element('button', { type: 'button', lang: one.code, class: 'languages__button', translate: 'no' }, one.name);
    button.addEventListener('click', () => {
      setLanguage(one.code);
      // Kept in the address only, in place of the entry that is there, so that a reload keeps it.
      history.replaceState(null, '', `?lang=${one.code}${location.hash}`);
    });
    whenSaid(button, () => button.setAttribute('aria-pressed', String(language() === one.code)));
    return button;
  });
  group.append(...buttons);
  return group;
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
    languageButtons(),
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
