// One labelled field: the label, why it is asked, the control, and room for a sentence
// when something is missing. Codex markup; what is typed is private.
import { PRIVATE, element, freshId } from '../../shared/element.ts';
import { say, type MessageKey } from '../../shared/say.ts';

export interface Field {
  readonly root: HTMLElement;
  readonly control: HTMLInputElement | HTMLTextAreaElement;
  /** Shows a sentence below the control, or takes it away. */
  complain(key: MessageKey | null): void;
}

interface Wish {
  label: MessageKey;
  hint?: MessageKey;
  /** Lines of a text area; 0 makes a single-line input. */
  rows?: number;
  required?: boolean;
  heading?: boolean;
}

export function field(wish: Wish): Field {
  const id = freshId('field');
  const hintId = `${id}-hint`;
  const complaintId = `${id}-complaint`;
  const described = wish.hint === undefined ? complaintId : `${hintId} ${complaintId}`;
  const rows = wish.rows ?? 0;
  const attributes = {
    ...PRIVATE,
    id,
    dir: 'auto',
    'aria-describedby': described,
    'aria-required': wish.required === true ? 'true' : null,
    class: rows > 0 ? 'cdx-text-area__textarea' : 'cdx-text-input__input',
  };
  const control =
    rows > 0
      ? element('textarea', { ...attributes, autocapitalize: 'sentences', rows: String(rows) })
      : element('input', { ...attributes, type: 'text' });
  const label = say(
    element('label', { for: id, class: wish.heading === true ? 'field-label field-label--heading' : 'field-label' }),
    wish.label,
  );
  const complaint = element('p', { id: complaintId, class: 'complaint', role: 'status' });
  const root = element(
    'div',
    { class: 'field' },
    label,
    wish.hint === undefined ? null : say(element('p', { id: hintId, class: 'hint' }), wish.hint),
    element('div', { class: rows > 0 ? 'cdx-text-area' : 'cdx-text-input' }, control),
    complaint,
  );
  const complain = (key: MessageKey | null): void => {
    complaint.replaceChildren();
    if (key === null) {
      control.removeAttribute('aria-invalid');
      return;
    }
    control.setAttribute('aria-invalid', 'true');
    complaint.append(say(element('span'), key));
  };
  control.addEventListener('input', () => complain(null));
  return { root, control, complain };
}

/** The lines of a text area that are not empty. */
export function linesOf(control: { value: string }): string[] {
  return control.value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
