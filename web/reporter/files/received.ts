// The files of a letter, each with a button that saves it.
import { element } from '../../shared/element.ts';
import { say, sayAttribute, text, whenSaid } from '../../shared/say.ts';
import { sentenceFor } from '../trouble.ts';
import type { AttachmentView, MessageView } from '../wire.ts';
import type { Visit } from '../visit.ts';
import { notice } from '../views/notice.ts';
import { receiveFile, save } from './receiving.ts';
import { savedName } from './saved-name.ts';
import { sizeInWords } from './words.ts';

function receivedFile(visit: Visit, message: string, file: AttachmentView, place: number): HTMLElement {
  const remark = notice();
  const name = savedName(file.name, 'file');
  const button = say(element('button', { type: 'button', class: 'cdx-button' }), 'file-save');
  sayAttribute(button, 'aria-label', 'file-save-name', [name]);
  const size = element('span', { class: 'file__size' });
  whenSaid(size, () => (size.textContent = sizeInWords(file.size)));
  let busy = false;
  const fetchIt = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    const moved = (bytes: number): void => remark.show('calm', 'progress-file', [sizeInWords(bytes), sizeInWords(file.size)]);
    try {
      moved(0);
      save(await receiveFile(visit, message, place, moved), name);
      remark.show('good', 'file-saved');
    } catch (error) {
      remark.show('care', sentenceFor(error));
    } finally {
      busy = false;
      button.setAttribute('aria-disabled', 'false');
    }
  };
  button.addEventListener('click', () => void fetchIt());
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
