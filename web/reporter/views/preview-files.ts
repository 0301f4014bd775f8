// The files of a letter as its readers will have them: under which name, how large, and what of each
// was taken out or deliberately left in.
import { element } from '../../shared/element.ts';
import { say } from '../../shared/say.ts';
import { toSend, type Chosen } from '../files/chosen.ts';
import { savedName } from '../files/saved-name.ts';
import { removedInWords, sizeInWords } from '../files/words.ts';

/** What becomes of the hidden details of a file. */
function details({ look, original }: Chosen): HTMLElement {
  const line = element('span', { class: 'hint' });
  if (look.is === 'looking') return say(line, 'file-looking');
  if (look.is === 'opaque') return say(line, 'file-opaque');
  if (look.is === 'damaged') return say(line, 'file-damaged');
  const { removed } = look.clean;
  if (removed.length === 0) return say(line, 'file-nothing-removed');
  return say(line, original ? 'preview-original' : 'file-removed', () => [removedInWords(removed)]);
}

/** One entry a file, in the order in which they are sent. */
export function filesPreview(files: readonly Chosen[]): HTMLElement {
  const entries = files.map((chosen) => {
    const { name, bytes } = toSend(chosen);
    return element(
      'li',
      {},
      // Readers save it under this name, whatever the sender's device calls it.
      element('bdi', { class: 'file__name', translate: 'no' }, savedName(name, 'file')),
      ' ',
      element('span', { class: 'file__size' }, sizeInWords(bytes.size)),
      element('br'),
      details(chosen),
    );
  });
  return element('ul', { class: 'preview__files' }, ...entries);
}
