// "Are you still there?", and the page that is left when nobody answered.
import { element } from '../../shared/element.ts';
import { say, sayAttribute } from '../../shared/say.ts';

export interface Question {
  readonly root: HTMLDialogElement;
  show(asking: boolean): void;
}

/** Any key or tap anywhere is an answer; the button is for those who look for one. */
export function stillThere(): Question {
  const stay = say(
    element('button', { type: 'button', class: 'cdx-button cdx-button--action-progressive cdx-button--weight-primary cdx-button--size-large' }),
    'idle-stay',
  );
  const root = sayAttribute(
    element(
      'dialog',
      { class: 'question', role: 'alertdialog' },
      say(element('h2'), 'idle-heading'),
      say(element('p'), 'idle-text'),
      stay,
    ),
    'aria-label',
    'idle-heading',
  );
  stay.addEventListener('click', () => root.close());
  return {
    root,
    show(asking) {
      // Not modal: quick exit stays within reach.
      if (asking && !root.open) root.show();
      if (!asking && root.open) root.close();
    },
  };
}

/** Says nothing of what was here. */
export function emptied(): HTMLElement {
  const again = say(element('button', { type: 'button', class: 'cdx-button cdx-button--size-large' }), 'emptied-again');
  again.addEventListener('click', () => window.location.reload());
  return element(
    'main',
    { class: 'page emptied' },
    say(element('h1', { tabindex: '-1' }), 'emptied-heading'),
    say(element('p', { class: 'lead' }), 'emptied-text'),
    again,
  );
}
