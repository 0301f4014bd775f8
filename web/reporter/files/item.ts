// One chosen file: its name and size, what will be seen of it, what was taken out, and the choice
// to send the original.
import { element } from '../../shared/element.ts';
import { say, sayAttribute, text, whenSaid } from '../../shared/say.ts';
import { tick } from '../views/choice.ts';
import { toSend, type Chosen } from './chosen.ts';
import { removedInWords, sizeInWords } from './words.ts';

export interface FileItem {
  readonly root: HTMLElement;
  /** Shows what is known by now. */
  show(): void;
  /** Takes it off the page. */
  end(): void;
}

interface Reactions {
  /** What will be sent has changed. */
  changed(): void;
  remove(): void;
}

export function fileItem(chosen: Chosen, { changed, remove }: Reactions): FileItem {
  const { file } = chosen;
  const size = element('span', { class: 'file__size' });
  whenSaid(size, () => (size.textContent = sizeInWords(file.size)));
  const button = say(element('button', { type: 'button', class: 'cdx-button' }), 'file-remove');
  sayAttribute(button, 'aria-label', 'file-remove-name', [file.name]);
  button.addEventListener('click', remove);
  const picture = element('div', { class: 'file__picture' });
  const known = element('div', { class: 'file__known', 'aria-live': 'polite' });
  const root = element(
    'li',
    { class: 'file' },
    picture,
    element('div', { class: 'file__about' }, element('span', { class: 'file__name', dir: 'auto', translate: 'no' }, file.name), ' ', size, known),
    button,
  );
  let address: string | null = null;

  const forgetPicture = (): void => {
    if (address !== null) URL.revokeObjectURL(address);
    address = null;
    picture.replaceChildren();
  };
  /** The picture as the counselors will see it. */
  const showPicture = (): void => {
    forgetPicture();
    if (chosen.look.is !== 'picture') return;
    address = URL.createObjectURL(chosen.look.clean.bytes);
    picture.append(sayAttribute(element('img', { src: address }), 'alt', 'file-preview', [file.name]));
  };

  const original = (): HTMLElement => {
    const keep = tick('checkbox', 'original', 'original', say(element('span'), 'file-keep-original'));
    keep.input.checked = chosen.original;
    keep.input.addEventListener('change', () => {
      chosen.original = keep.input.checked;
      changed();
    });
    return keep.root;
  };

  const show = (): void => {
    const { look } = chosen;
    if (look.is === 'looking') known.replaceChildren(say(element('p', { class: 'hint' }), 'file-looking'));
    else if (look.is === 'opaque') known.replaceChildren(say(element('p', { class: 'hint' }), 'file-opaque'));
    else if (look.is === 'damaged') known.replaceChildren(say(element('p', { class: 'hint' }), 'file-damaged'));
    else if (look.clean.removed.length === 0) known.replaceChildren(say(element('p', { class: 'hint' }), 'file-nothing-removed'));
    else {
      const removed = element('p', { class: 'hint' });
      whenSaid(removed, () => (removed.textContent = text('file-removed', removedInWords(look.clean.removed))));
      known.replaceChildren(removed, original());
    }
    whenSaid(size, () => (size.textContent = sizeInWords(toSend(chosen).bytes.size)));
    showPicture();
  };
  show();
  return {
    root,
    show,
    end() {
      forgetPicture();
      root.remove();
    },
  };
}
