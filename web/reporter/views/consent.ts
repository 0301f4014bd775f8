// "May we show this to the lawyer?": a request of a counselor, answered item by item. What is not
// allowed is not; nobody has to answer, and every answer can be changed.
import { element } from '../../shared/element.ts';
import { dayInWords, say, text, whenSaid } from '../../shared/say.ts';
import { Retry } from '../retry.ts';
import type { Consent, ConsentView, MessageView } from '../wire.ts';
import { tick } from './choice.ts';
import { sendButton, type Busy } from './send-button.ts';

/** The answer to one request. */
export interface Answer {
  request: string;
  items: Consent[];
}

export interface Answering {
  /** Sends an answer; shows its own stages. */
  send(answer: Answer, stage: (now: Busy) => void): Promise<void>;
  /** True while an answer may or may not have arrived. */
  uncertain(): boolean;
}

/** Whether two answers say the same to the same request. */
export function sameAnswer(one: Answer, other: Answer): boolean {
  return one.request === other.request && one.items.join() === other.items.join();
}

/** The messages after an answer was sent on `day`: the request knows it, and it stands at the end. */
export function withAnswer(messages: readonly MessageView[], answer: Answer, day: number): MessageView[] {
  return messages.map((message) => {
    if (message.consent === null || message.digest !== answer.request) return message;
    const items = message.consent.items.map((item, at) => ({ ...item, answer: answer.items[at] ?? 'no' }));
    return { ...message, consent: { ...message.consent, items, answered: day } };
  });
}

interface Item {
  root: HTMLElement;
  chosen(): Consent;
}

/** One thing that would be shown: yes or no. Where neither is chosen, it stays as it is: no. */
function itemOf(name: string, { what, answer }: ConsentView['items'][number]): Item {
  const yes = tick('radio', name, 'yes', say(element('span'), 'answer-yes'));
  const no = tick('radio', name, 'no', say(element('span'), 'answer-no'));
  yes.input.checked = answer === 'yes';
  no.input.checked = answer === 'no';
  return {
    root: element(
      'fieldset',
      { class: 'field choices choices--radio' },
      element('legend', { class: 'field-label', translate: 'no' }, element('bdi', {}, what)),
      element('div', { class: 'choices__list' }, yes.root, no.root),
    ),
    chosen: () => (yes.input.checked ? 'yes' : 'no'),
  };
}

/** The question, with the name of who would see it kept apart from the sentence around it. */
function question(to: string): HTMLElement {
  const line = element('p', { class: 'consent__question' });
  whenSaid(line, () => {
    const [before = '', after = ''] = text('consent-ask', '\u0000').split('\u0000');
    line.replaceChildren(before, element('bdi', { translate: 'no' }, to), after);
  });
  return line;
}

/** The form below a letter that asks; null for all other letters. */
export function consentRequest(message: MessageView, answering: Answering): HTMLElement | null {
  const { consent, digest } = message;
  if (consent === null) return null;
  const items = consent.items.map((item, at) => itemOf(`consent-${digest}-${at}`, item));
  const button = sendButton('consent-send', undefined, 'quiet');
  const { answered } = consent;
  const locked = say(element('p', { class: 'hint' }), 'locked-answer');
  locked.hidden = true;
  const form = element(
    'form',
    { class: 'consent', autocomplete: 'off', novalidate: true },
    question(consent.to),
    ...items.map((item) => item.root),
    answered === null
      ? say(element('p', { class: 'hint' }), 'consent-hint')
      : say(element('p', { class: 'hint' }), 'consent-answered', () => [dayInWords(answered)]),
    locked,
    button.root,
  );
  const submit = async (): Promise<void> => {
    const answer: Answer = { request: digest, items: items.map((item) => item.chosen()) };
    const went = await button.run((stage) => answering.send(answer, stage));
    const again = !went && answering.uncertain();
    for (const { root } of items) root.inert = again;
    locked.hidden = !again;
    if (again) retry.plan();
    else retry.done();
  };
  // A conversation that was closed meanwhile has nothing to send any more.
  const retry = new Retry(() => void (form.isConnected && submit()));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  return form;
}
