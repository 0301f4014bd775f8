// The files of a letter, each with a button that saves it, and stops while it is fetched.
import { element } from '../../shared/element.ts';
import { say, sayAttribute, text, whenSaid } from '../../shared/say.ts';
import { Retry } from '../retry.ts';
import { sentenceFor } from '../trouble.ts';
import type { AttachmentView, MessageView } from '../wire.ts';
import type { Visit } from '../visit.ts';
import { notice } from '../views/notice.ts';
import { FileReceiving, save } from './receiving.ts';
import { savedName } from './saved-name.ts';
import { sizeInWords } from './words.ts';

function receivedFile(visit: Visit, message: string, file: AttachmentView, place: number): HTMLElement {
  const remark = notice();
  const name = savedName(file.name, 'file');
  const button = element('button', { type: 'button', class: 'cdx-button' });
  const size = element('span', { class: 'file__size' });
  whenSaid(size, () => (size.textContent = sizeInWords(file.size)));
  /** What is being fetched, or was when the connection broke. */
  let receiving: FileReceiving | null = null;
  const showButton = (): void => {
    say(button, receiving === null ? 'file-save' : 'file-stop');
    sayAttribute(button, 'aria-label', receiving === null ? 'file-save-name' : 'file-stop-name', [name]);
  };
  const become = (now: FileReceiving | null): void => {
    receiving = now;
    showButton();
  };
  showButton();

  const goOn = async (now: FileReceiving): Promise<void> => {
    const moved = (): void => {
      if (receiving === now) remark.show('calm', 'progress-file', [sizeInWords(now.here), sizeInWords(file.size)]);
    };
    try {
      moved();
      save(await now.receive(moved), name);
      remark.show('good', 'file-saved');
    } catch (error) {
      // Somebody stopped it: that was said, and perhaps it was begun anew.
      if (receiving !== now) return;
      remark.show('care', now.interrupted ? 'trouble-file-lost' : sentenceFor(error));
      if (now.interrupted) return retry.plan();
    }
    retry.done();
    become(null);
  };
  const retry = new Retry(() => {
    if (receiving !== null && button.isConnected) void goOn(receiving);
  });
  button.addEventListener('click', () => {
    if (receiving === null) {
      const now = new FileReceiving(visit, message, place);
      become(now);
      void goOn(now);
      return;
    }
    retry.done();
    receiving.stop();
    become(null);
    remark.show('calm', 'file-stopped');
  });
  return element(
    'li',
    { class: 'file' },
    element('div', { class: 'file__about' }, element('span', { class: 'file__name', dir: 'auto', translate: 'no' }, name), ' ', size, remark.root),
    button,
  );
}

/** The list, or nothing where a letter has no files. */
export function receivedFiles(visit: Visit, message: MessageView): HTMLElement | null {
  const { digest, attachments } = message;
  if (digest === '' || attachments.length === 0) return null;
  const items = attachments.map((file, place) => receivedFile(visit, digest, file, place));
  const list = element('ul', { class: 'files__list' }, ...items);
  whenSaid(list, () => list.setAttribute('aria-label', text('files-of-letter', attachments.length)));
  return element('div', { class: 'files' }, list, say(element('p', { class: 'hint' }), 'files-of-letter-hint'));
}
