// The start of the reporter's page: language, quick exit, three places, one visit.
import { element } from '../shared/element.ts';
import { armExit, leadTo } from '../shared/exit.ts';
import { watchIdle } from '../shared/idle.ts';
import { chooseLanguage } from '../shared/language.ts';
import { say, sayAttribute, setLanguage } from '../shared/say.ts';
import { accessPage, easyPage } from './views/easy.ts';
import { foot, pageLink } from './views/foot.ts';
import { header, type Page } from './views/header.ts';
import { helplines } from './views/helplines.ts';
import { helpPage } from './views/help.ts';
import { emptied, stillThere } from './views/idle.ts';
import { reportPage } from './views/report.ts';
import { returnPage } from './views/return.ts';
import { Visit } from './visit.ts';

const PAGES: readonly Page[] = ['report', 'return', 'help', 'easy', 'access'];

function pageOf(hash: string): Page {
  return PAGES.find((page) => hash === `#${page}`) ?? 'report';
}

function start(exit: HTMLAnchorElement, site: HTMLElement): void {
  setLanguage(chooseLanguage(location.search, navigator.languages));
  const visit = new Visit();
  const report = reportPage(visit, pageLink('easy', 'easy-link', (page) => go(page)));
  const back = returnPage(visit);
  const help = helpPage();
  const numbers = helplines(visit);
  const pages: Record<Page, HTMLElement> = {
    report: report.root,
    return: back.root,
    help,
    easy: easyPage(pageLink('report', 'begin', (page) => go(page))),
    access: accessPage(),
  };
  const main = element('main', { id: 'main' }, ...Object.values(pages));

  const show = (page: Page): void => {
    for (const [name, root] of Object.entries(pages)) root.hidden = name !== page;
    top.mark(page);
    // On the page for help the numbers stand first; everywhere else they are the foot.
    if (page === 'help') help.querySelector('h1')?.after(numbers);
    else main.after(numbers);
    document.documentElement.dataset['page'] = page;
  };
  const go = (page: Page): void => {
    show(page);
    // In place of the entry that is there: one visit leaves one line of history.
    history.replaceState(null, '', `${location.search}#${page}`);
    window.scrollTo(0, 0);
    pages[page].querySelector('h1')?.focus();
  };
  const top = header(go);
  const skip = say(element('a', { class: 'skip', href: '#main' }), 'skip');
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    const shown = main.querySelector<HTMLElement>('.page:not([hidden])');
    (shown?.querySelector<HTMLElement>('textarea, input') ?? shown?.querySelector('h1'))?.focus();
  });
  top.root.prepend(skip);
  site.replaceChildren(top.root, main, numbers, foot(go));
  show(pageOf(location.hash));
  window.addEventListener('hashchange', () => show(pageOf(location.hash)));

  const unfinished = (): boolean => report.unfinished() || back.unfinished();
  const guard = (event: BeforeUnloadEvent): void => {
    if (unfinished()) event.preventDefault();
  };
  window.addEventListener('beforeunload', guard);
  visit.isWriting = () => report.writing() || back.writing();

  say(exit, 'exit-label');
  sayAttribute(exit, 'title', 'exit-hint');
  if (exit.parentElement !== null) sayAttribute(exit.parentElement, 'aria-label', 'exit-label');
  const wipe = (): void => {
    window.removeEventListener('beforeunload', guard);
    visit.wipe();
    for (const field of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')) field.value = '';
    site.replaceChildren();
  };
  armExit(exit, wipe);
  const question = stillThere();
  site.append(question.root);
  watchIdle(question.show, () => {
    wipe();
    const left = emptied();
    site.append(left);
    left.querySelector('h1')?.focus();
  });
  visit.watch(() => {
    if (visit.standing.is === 'ready' || visit.standing.is === 'expired') {
      leadTo(exit, visit.standing.view.organisation.neutral_exit);
    }
  });
  void visit.open();
}

const exit = document.querySelector<HTMLAnchorElement>('#exit');
const site = document.querySelector<HTMLElement>('#site');
if (exit !== null && site !== null) start(exit, site);
