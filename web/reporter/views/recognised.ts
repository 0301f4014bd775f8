// What was recognised in the lists of links and accounts, shown below them while somebody types:
// nothing is opened for it, and what is not recognised travels as it was written.
import { element } from '../../shared/element.ts';
import { say, type MessageKey } from '../../shared/say.ts';
import { recogniseAccount, writtenAccount } from '../wiki/account.ts';
import { recogniseLink, separateLinks, type LinkKind, type WikiLink } from '../wiki/link.ts';
import { linesOf, type Field } from './field.ts';

export interface Recognised {
  readonly root: HTMLElement;
  /** What is passed on, one entry a line: pinned where that is possible, else as written. */
  entries(): string[];
}

const KINDS: Record<LinkKind, MessageKey> = {
  diff: 'link-diff',
  revision: 'link-revision',
  user: 'link-user',
  contributions: 'link-contributions',
  log: 'link-log',
  page: 'link-page',
};
/** Kinds that show a text, which can change; lists of edits are meant to grow. */
const CAN_CHANGE: readonly LinkKind[] = ['diff', 'page'];

/** How long nobody types before it is looked again, in milliseconds: screen readers read along. */
const PAUSE = 400;

function linkEntry(link: WikiLink): HTMLElement {
  const changes = !link.pinned && CAN_CHANGE.includes(link.kind);
  return element(
    'li',
    {},
    say(element('span', { class: 'recognised__kind' }), KINDS[link.kind]),
    ' ',
    element('bdi', { translate: 'no' }, link.subject),
    ' · ',
    element('bdi', { translate: 'no' }, link.wiki),
    changes ? say(element('span', { class: 'recognised__note' }), 'link-can-change') : null,
  );
}

/** Shows `entriesOf` below a field, a moment after it has changed. */
function below(field: Field, entriesOf: () => HTMLElement[], entries: () => string[]): Recognised {
  const list = element('ul', { class: 'recognised', 'aria-live': 'polite' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  field.control.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => list.replaceChildren(...entriesOf()), PAUSE);
  });
  return { root: element('div', { class: 'field' }, field.root, list), entries };
}

export function links(field: Field): Recognised {
  const lines = (): string[] => separateLinks(linesOf(field.control));
  return below(
    field,
    () => lines().flatMap((line) => {
      const link = recogniseLink(line);
      return link === null ? [] : [linkEntry(link)];
    }),
    () => lines().map((line) => recogniseLink(line)?.address ?? line),
  );
}

export function accounts(field: Field): Recognised {
  const entry = (line: string): string => {
    const account = recogniseAccount(line);
    return account === null ? line : writtenAccount(account);
  };
  const entries = (): string[] => linesOf(field.control).map(entry);
  // Only what differs from what was typed is worth a second look.
  const changed = (): string[] => linesOf(field.control).filter((line) => entry(line) !== line).map(entry);
  return below(
    field,
    () => changed().map((name) =>
      element(
        'li',
        {},
        say(element('span', { class: 'recognised__kind' }), 'account-read-as'),
        ' ',
        element('bdi', { translate: 'no' }, name),
      ),
    ),
    entries,
  );
}
