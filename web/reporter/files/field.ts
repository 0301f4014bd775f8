// Files to go with a letter: choose, drop or paste; see what will be sent and what was taken out.
import { element, freshId } from '../../shared/element.ts';
import { say, whenSaid, text } from '../../shared/say.ts';
import { Trouble, WORKER_GONE } from '../trouble.ts';
import type { Calls } from '../wire.ts';
import type { Visit } from '../visit.ts';
import { notice } from '../views/notice.ts';
import { refusal, toSend, type Chosen } from './chosen.ts';
import { FileSending } from './sending.ts';
import { fileItem, type FileItem } from './item.ts';
import { sizeInWords } from './words.ts';

export interface FilesField {
  readonly root: HTMLElement;
  /** True where sending broke off and can go on by itself. */
  interrupted(): boolean;
  /** What is chosen, in the order in which it is sent. */
  chosen(): readonly Chosen[];
  /** Takes more, as if they had been chosen here. */
  add(files: Iterable<File>): void;
  /** Sends what has not arrived; gives the numbers under which a letter names them. `moved`: bytes so far, and of all. */
  send(moved: (sent: number, all: number) => void): Promise<number[]>;
  /** The Worker that sealed the parts is gone: what is sent next is sealed anew. */
  startOver(): void;
  /** Takes all files away again. */
  clear(): void;
}

/** Enough to see whether a file is a picture. */
const HEAD = 16;

interface Entry {
  chosen: Chosen;
  item: FileItem;
  sending: FileSending | null;
}

/** Whoever looked into a file is gone: nothing is known of it. */
function isUnlooked(error: unknown): boolean {
  return error instanceof Trouble && error.code === WORKER_GONE;
}

/**
 * `followsUp`: the letter goes to a conversation that exists.
 * `changed` runs whenever something else would be sent than before.
 */
export function filesField(visit: Visit, followsUp: boolean, changed: () => void = () => undefined): FilesField {
  let entries: Entry[] = [];
  const remark = notice();
  const list = element('ul', { class: 'files__list' });
  const interrupted = (): boolean => entries.some(({ sending }) => sending?.interrupted === true);
  /** There while files are on their way, or would go on by themselves. */
  const pause = say(element('button', { type: 'button', class: 'cdx-button files__pause' }), 'files-pause');
  let busy = false;
  const showPause = (): void => {
    pause.hidden = !busy && !interrupted();
  };
  showPause();
  pause.addEventListener('click', () => {
    for (const { sending } of entries) sending?.pause();
    if (!busy) remark.show('calm', 'trouble-files-paused');
    showPause();
  });
  const id = freshId('files');
  const hint = element('p', { class: 'hint', id: `${id}-hint` });
  const input = element('input', { id, type: 'file', class: 'files__input', multiple: true, 'aria-describedby': `${id}-hint` });
  const heading = say(element('span', { id: `${id}-label`, class: 'field-label' }), 'files-label');
  // The browser's own button speaks the browser's language: it lies unseen above one that speaks the page's.
  const choose = element(
    'label',
    { class: 'files__choose cdx-button cdx-button--fake-button cdx-button--fake-button--enabled' },
    say(element('span', { id: `${id}-choose` }), 'files-choose'),
    input,
  );
  input.setAttribute('aria-labelledby', `${id}-label ${id}-choose`);
  const root = element('div', { class: 'field files' }, heading, hint, choose, remark.root, list, pause);

  const showHint = (): void => {
    const view = visit.standing.is === 'ready' ? visit.standing.view : null;
    hint.textContent =
      view === null ? text('files-hint') : text('files-hint-limits', sizeInWords(view.file_bytes), sizeInWords(view.message_bytes));
  };
  whenSaid(hint, showHint);
  visit.watch(showHint);

  const drop = (entry: Entry): void => {
    entry.sending?.stop();
    entry.item.end();
    entries = entries.filter((other) => other !== entry);
    remark.clear();
    showPause();
    changed();
  };

  const removed = (entry: Entry): void => {
    drop(entry);
    input.focus();
  };

  const add = async (file: File): Promise<void> => {
    if (visit.standing.is !== 'ready') return remark.show('care', 'files-not-yet');
    const view = visit.standing.view;
    const refused = refusal(file.size, entries.map((entry) => entry.chosen.file.size), view);
    if (refused !== null) {
      const limit = refused === 'files-too-large' ? view.message_bytes : view.file_bytes;
      remark.show('care', refused, [file.name, sizeInWords(limit)]);
      return;
    }
    const chosen: Chosen = { file, look: { is: 'looking' }, original: false };
    // What was begun is another file once the choice has changed.
    const chosenAnew = (): void => {
      entry.sending?.stop();
      entry.sending = null;
      changed();
    };
    const item = fileItem(chosen, { changed: chosenAnew, remove: () => removed(entry) });
    const entry: Entry = { chosen, item, sending: null };
    entries.push(entry);
    list.append(item.root);
    changed();
    try {
      chosen.look = await look(file);
    } catch {
      // What nobody has looked into does not go as if somebody had.
      drop(entry);
      return remark.show('care', 'file-unlooked', [file.name]);
    }
    item.show();
    changed();
  };

  const cleaned = async (bytes: Blob): Promise<Calls['clean-picture']['answer']['picture']> =>
    (await visit.engine.call('clean-picture', { bytes: new Uint8Array(await bytes.arrayBuffer()) })).picture;

  const look = async (file: File): Promise<Chosen['look']> => {
    // Only pictures are read as a whole here: what goes as it is never lies in memory at once. The
    // head of one is a damaged picture.
    const is = await cleaned(file.slice(0, HEAD)).then(
      (picture) => picture !== null,
      (error: unknown) => {
        if (isUnlooked(error)) throw error;
        return error instanceof Trouble && error.code === 'picture-damaged';
      },
    );
    if (!is) return { is: 'opaque' };
    try {
      const picture = await cleaned(file);
      if (picture === null) return { is: 'opaque' };
      const { data, type, removed } = picture;
      return { is: 'picture', clean: { bytes: new Blob([data as BlobPart], { type }), removed } };
    } catch (error) {
      if (isUnlooked(error)) throw error;
      // A picture that was not cleaned, for whatever reason, must not pass for a file without metadata.
      return { is: 'damaged' };
    }
  };

  const addAll = async (files: Iterable<File>): Promise<void> => {
    if (busy) return;
    remark.clear();
    // One after another: pictures are looked at in memory.
    for (const file of files) await add(file);
  };
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    void addAll(files);
  });
  root.addEventListener('dragover', (event) => event.preventDefault());
  root.addEventListener('drop', (event) => {
    event.preventDefault();
    void addAll([...(event.dataTransfer?.files ?? [])]);
  });
  root.addEventListener('paste', (event) => void addAll([...(event.clipboardData?.files ?? [])]));

  return {
    root,
    chosen: () => entries.map(({ chosen }) => chosen),
    add: (files) => void addAll(files),
    interrupted,
    async send(moved) {
      if (entries.some(({ chosen }) => chosen.look.is === 'looking')) throw new Trouble('files-looking');
      const going = (): FileSending[] =>
        entries.map((entry) => (entry.sending ??= new FileSending(visit, followsUp, toSend(entry.chosen))));
      const tell = (): void => {
        const sum = (of: (one: FileSending) => number): number => going().reduce((all, one) => all + of(one), 0);
        moved(sum((one) => one.sent), sum((one) => one.size));
      };
      const become = (now: boolean): void => {
        busy = now;
        input.disabled = now;
        showPause();
      };
      if (entries.length === 0) return [];
      remark.clear();
      become(true);
      try {
        for (const sending of going()) {
          tell();
          await sending.send(tell);
        }
        // Once more, for one that arrived may have been taken away while the others went.
        const files: number[] = [];
        for (const sending of going()) files.push(await sending.send(tell));
        return files;
      } finally {
        become(false);
      }
    },
    startOver() {
      for (const entry of entries) {
        entry.sending?.stop();
        entry.sending = null;
      }
      showPause();
    },
    clear() {
      for (const { item } of entries) item.end();
      entries = [];
      remark.clear();
    },
  };
}
