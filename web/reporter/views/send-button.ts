// The button that sends, with what happens while it does: stages in plain words, a bar
// that moves, and a sentence with what to do next where something fails.
import { element } from '../../shared/element.ts';
import { say, type MessageKey } from '../../shared/say.ts';
import { sentenceFor } from '../trouble.ts';
import type { Stage } from '../sending.ts';
import { notice } from './notice.ts';

/** What a button may be busy with. */
export type Busy = Stage | 'looking' | 'looking-slowly' | 'deleting' | 'files';

const STAGES: Record<Busy, MessageKey> = {
  sealing: 'progress-sealing',
  'sealing-slowly': 'progress-sealing-slowly',
  stamp: 'progress-stamp',
  sending: 'progress-sending',
  looking: 'progress-looking',
  'looking-slowly': 'progress-looking-slowly',
  deleting: 'progress-deleting',
  files: 'progress-files',
};

export interface SendButton {
  readonly root: HTMLElement;
  /** Runs `work` once at a time. Gives true when it went well; else the sentence is shown. */
  run(work: (stage: (now: Busy, parameters?: string[]) => void) => Promise<void>): Promise<boolean>;
  /** Takes away what was said. */
  quiet(): void;
  /** Shows an error that was met elsewhere. */
  fail(error: unknown): void;
}

/** `weight`: `quiet` for what nobody should press by the way. */
export function sendButton(label: MessageKey, hint?: MessageKey, weight: 'primary' | 'quiet' = 'primary'): SendButton {
  const caption = say(element('span'), label);
  const button = element(
    'button',
    {
      type: 'submit',
      class: `send cdx-button cdx-button--size-large ${weight === 'primary' ? 'cdx-button--action-progressive cdx-button--weight-primary' : ''}`,
    },
    caption,
  );
  const remark = notice();
  const bar = element(
    'div',
    { class: 'cdx-progress-bar cdx-progress-bar--inline', role: 'presentation' },
    element('div', { class: 'cdx-progress-bar__bar' }),
  );
  bar.hidden = true;
  const root = element(
    'div',
    { class: 'sending' },
    remark.root,
    bar,
    button,
    hint === undefined ? null : say(element('p', { class: 'hint' }), hint),
  );
  let busy = false;
  // A second press while the first is under way must not send twice.
  button.addEventListener('click', (event) => {
    if (busy) event.preventDefault();
  });
  const settle = (now: boolean): void => {
    busy = now;
    bar.hidden = !now;
    button.setAttribute('aria-disabled', String(now));
  };
  const fail = (error: unknown): void => {
    remark.show('care', sentenceFor(error));
    say(caption, 'again');
  };
  return {
    root,
    fail,
    quiet() {
      remark.clear();
      say(caption, label);
    },
    async run(work) {
      if (busy) return false;
      settle(true);
      try {
        await work((now, parameters) => remark.show('calm', STAGES[now], parameters));
        remark.clear();
        say(caption, label);
        return true;
      } catch (error) {
        fail(error);
        return false;
      } finally {
        settle(false);
      }
    },
  };
}
