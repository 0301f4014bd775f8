// Exactly what will be sent, before it is sent: made from the very object that is sealed.
import { element } from '../../shared/element.ts';
import { listInWords, say, text, whenSaid, type MessageKey } from '../../shared/say.ts';
import type { Chosen } from '../files/chosen.ts';
import type { Member, ReportBody } from '../wire.ts';
import type { Choice } from './choice.ts';
import { filesPreview } from './preview-files.ts';
import { languagesInWords, nameOf } from './readers.ts';
import { CERTAINTY, FOR_WHOM, KINDS, WISHES, labelOf } from './vocabulary.ts';

export interface Preview {
  readonly root: HTMLDetailsElement;
  /** To be called when something on the page has changed. */
  refresh(): void;
}

/** What the page would send now. */
export interface Draft {
  body: ReportBody;
  files: readonly Chosen[];
  /** Null while nobody can be named yet. */
  readers: Member[] | null;
}

function words(offered: readonly Choice[], values: readonly string[]): string {
  return listInWords(
    values.map((value) => {
      const label = labelOf(offered, value);
      return label === null ? value : text(label);
    }),
  );
}

/** What was filled in, in the order of the page: what it is called, and how it reads. */
export function rowsOf(body: ReportBody): [MessageKey, string][] {
  const rows: [MessageKey, string | undefined][] = [
    ['what-happened', body.text],
    ['danger-label', body.danger && words(CERTAINTY, [body.danger])],
    ['ongoing-label', body.ongoing && words(CERTAINTY, [body.ongoing])],
    ['for-whom-label', body.for_whom && words(FOR_WHOM, [body.for_whom])],
    ['wishes-label', body.wishes && words(WISHES, body.wishes)],
    ['kinds-label', body.kinds && words(KINDS, body.kinds)],
    ['where-label', body.where],
    ['links-label', body.links?.join('\n')],
    ['accounts-label', body.accounts?.join('\n')],
    ['call-me-label', body.call_me],
    ['pronouns-label', body.pronouns],
    ['languages-label', body.languages && languagesInWords(body.languages, document.documentElement.lang)],
    ['safe-times-label', body.safe_times],
  ];
  return rows.filter((row): row is [MessageKey, string] => row[1] !== undefined && row[1].trim() !== '');
}

export function preview(draft: () => Draft): Preview {
  const list = element('dl', { class: 'preview__list' });
  const seen = say(element('p', { class: 'hint' }), 'preview-files-seen');
  const row = (term: HTMLElement, value: HTMLElement): HTMLElement => element('div', {}, term, value);
  const fill = (): void => {
    const { body, files, readers } = draft();
    const rows = rowsOf(body).map(([key, value]) =>
      row(say(element('dt'), key), element('dd', { class: 'preview__value', dir: 'auto', translate: 'no' }, value)),
    );
    if (files.length > 0) rows.push(row(say(element('dt'), 'files-label'), element('dd', {}, filesPreview(files))));
    seen.hidden = files.length === 0;
    const who = readers === null ? text('who-reads-loading') : listInWords(readers.map(nameOf));
    list.replaceChildren(...rows, row(say(element('dt'), 'preview-readers'), element('dd', { translate: 'no' }, who)));
  };
  const root = element(
    'details',
    { class: 'more preview' },
    say(element('summary'), 'preview-summary'),
    list,
    say(element('p', { class: 'hint' }), 'preview-also'),
    seen,
  );
  const refresh = (): void => {
    if (root.open) fill();
  };
  root.addEventListener('toggle', refresh);
  whenSaid(list, refresh);
  return { root, refresh };
}
