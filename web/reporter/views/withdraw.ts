// Withdrawing: what is deleted at once, what others are asked to delete, what stays; then a
// tick and a button, so that nothing is lost by a slip of the thumb.
import { element } from '../../shared/element.ts';
import { say, type MessageKey } from '../../shared/say.ts';
import { Retry } from '../retry.ts';
import { Sending } from '../sending.ts';
import { remove } from '../server.ts';
import { isUncertain } from '../trouble.ts';
import type { Visit } from '../visit.ts';
import { tick } from './choice.ts';
import { notice } from './notice.ts';
import { sendButton, type Busy } from './send-button.ts';

const WHAT: readonly MessageKey[] = ['withdraw-now', 'withdraw-asked', 'withdraw-stays', 'withdraw-line'];

/** `done` gets the page that takes the conversation's place. */
export function withdrawal(visit: Visit, done: (page: HTMLElement) => void): HTMLElement {
  const sending = new Sending(visit);
  const sure = tick('checkbox', 'withdraw', 'sure', say(element('span'), 'withdraw-sure'));
  const remark = notice();
  const button = sendButton('withdraw-button', undefined, 'quiet');
  let deletions: Uint8Array[] | null = null;
  let asked = false;

  const withdraw = async (): Promise<void> => {
    remark.clear();
    if (!sure.input.checked) {
      remark.show('calm', 'withdraw-unsure');
      sure.input.focus();
      return;
    }
    let lost = false;
    const work = async (stage: (now: Busy) => void): Promise<void> => {
      // Listed first: the wish itself has to stay where the readers can find it.
      deletions ??= (await visit.engine.call('deletions', {})).frames;
      // The wish goes before the deletions: no failure may leave the readers unasked.
      if (!asked) await sending.send(() => visit.engine.call('compose-withdraw', {}), stage);
      asked = true;
      stage('deleting');
      for (let next = deletions[0]; next !== undefined; next = deletions[0]) {
        // To delete what was deleted already does no harm.
        await remove(next);
        deletions.shift();
      }
    };
    const went = await button.run((stage) =>
      work(stage).catch((error: unknown) => {
        lost = isUncertain(error);
        throw error;
      }),
    );
    // What was begun is gone through with: the tick cannot be taken back any more.
    sure.root.inert = lost || asked;
    if (lost) retry.plan();
    else retry.done();
    if (went) done(withdrawn());
    else if (lost) remark.show('calm', asked ? 'withdraw-half-again' : 'locked-answer');
    else if (asked) remark.show('care', 'withdraw-half');
  };
  const retry = new Retry(() => void (form.isConnected && withdraw()));
  const form = element(
    'form',
    { class: 'withdraw__form', autocomplete: 'off', novalidate: true },
    sure.root,
    remark.root,
    button.root,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void withdraw();
  });
  return element(
    'details',
    { class: 'more withdraw' },
    say(element('summary'), 'withdraw-summary'),
    element('ul', {}, ...WHAT.map((key) => say(element('li'), key))),
    form,
  );
}

function withdrawn(): HTMLElement {
  return element(
    'div',
    { class: 'after' },
    say(element('h1', { tabindex: '-1' }), 'withdrawn-heading'),
    say(element('p', { class: 'lead' }), 'withdrawn-text'),
    say(element('p'), 'withdrawn-asked'),
    say(element('p'), 'withdrawn-again'),
  );
}
