// A conversation: both sides' letters in order, where it stands, and room to write back.
import { element } from '../../shared/element.ts';
import { dayInWords, listInWords, say, text, whenSaid, type MessageKey } from '../../shared/say.ts';
import { filesField } from '../files/field.ts';
import { receivedFiles } from '../files/received.ts';
import { sizeInWords } from '../files/words.ts';
import { Retry } from '../retry.ts';
import { Sending, type Sent } from '../sending.ts';
import { Trouble } from '../trouble.ts';
import type { Visit } from '../visit.ts';
import { workingDaysAfter } from '../workdays.ts';
import type { ConversationView, MessageView, Status } from '../wire.ts';
import { consentRequest, sameAnswer, withAnswer, type Answer } from './consent.ts';
import { field } from './field.ts';
import { nameOf, readers, type Readers } from './readers.ts';
import { recordLine } from './record.ts';
import { sendButton, type Busy } from './send-button.ts';
import { withdrawal } from './withdraw.ts';

export interface ConversationPart {
  readonly root: HTMLElement;
  unfinished(): boolean;
  /** What was not sent yet, for a conversation that has to be opened anew; null where all is withdrawn. */
  rescued(): Rescued | null;
}

/** An answer that was being written. */
export interface Rescued {
  readonly text: string;
  readonly files: readonly File[];
}

/** The day of the reporter's first message since the last answer; null where an answer came last. */
export function waitingSince(messages: readonly Pick<MessageView, 'writer' | 'day'>[]): number | null {
  let since: number | null = null;
  for (const message of messages) {
    if (message.writer !== 0) since = null;
    else since ??= message.day;
  }
  return since;
}

/** Where the counselors last said that it stands. */
export function newestStatus(messages: readonly Pick<MessageView, 'status'>[]): Status | null {
  return messages.reduce<Status | null>((known, { status }) => status ?? known, null);
}

const STATUS: Record<Status, MessageKey> = {
  received: 'status-received',
  reading: 'status-reading',
  answered: 'status-answered',
  'waiting-for-you': 'status-waiting',
  closed: 'status-closed',
};

/** What stands in place of a text where a message has none. */
function silent(message: MessageView): MessageKey {
  if (message.consent_to !== null) return 'message-consent';
  return message.kind === 'withdraw' ? 'message-withdrawn' : 'message-readers';
}

function author(visit: Visit, message: MessageView): HTMLElement {
  const who = element('span', { class: 'letter__author' });
  whenSaid(who, () => {
    const member = visit.ready().members.find((one) => one.serial === message.serial);
    const name = member !== undefined ? nameOf(member) : message.name;
    who.textContent = message.writer === 0 ? text('from-you') : (name ?? text('from-someone'));
  });
  return who;
}

/** `asks`: the form of a request for consent, where the message has one. */
function letter(visit: Visit, message: MessageView, asks: HTMLElement | null): HTMLElement[] {
  const wordless = message.text === null || message.text === '';
  // Plain text only: line breaks are kept by the style sheet, nothing is ever markup.
  const said = (): HTMLElement => element('p', { class: 'letter__text', dir: 'auto', translate: 'no' }, message.text ?? '');
  const mute = (): HTMLElement | null => (asks === null ? say(element('p', { class: 'hint' }), silent(message)) : null);
  const own = element(
    'li',
    { class: message.writer === 0 ? 'letter letter--mine' : 'letter' },
    element(
      'p',
      { class: 'letter__head' },
      author(visit, message),
      say(element('span', { class: 'letter__day' }), 'letter-day', () => [dayInWords(message.day)]),
    ),
    wordless ? mute() : said(),
    asks,
    receivedFiles(visit, message),
    message.status === null ? null : say(element('p', { class: 'letter__status' }), STATUS[message.status]),
  );
  if (message.continuity !== 'gap') return [own];
  return [say(element('li', { class: 'letters__gap hint' }), 'message-gap'), own];
}

/** What was just sent, as it will be read. */
function own(said: string, day: number): MessageView {
  return {
    ...{ writer: 0, serial: null, name: null, kind: 'message', day, text: said, status: null },
    ...{ digest: '', attachments: [], consent: null, consent_to: null, continuity: 'continues' },
  };
}

function standing(visit: Visit, view: ConversationView): HTMLElement {
  const line = element('p', { class: 'lead' });
  const answer = (since: number): string => {
    const { organisation, today } = visit.ready();
    const due = workingDaysAfter(since, organisation.promise_days);
    return due < today ? text('conversation-no-answer-late') : text('conversation-no-answer', dayInWords(due));
  };
  whenSaid(line, () => {
    const since = waitingSince(view.messages);
    const status = newestStatus(view.messages);
    line.textContent = since !== null ? answer(since) : text(status === null ? 'conversation-answered' : STATUS[status]);
  });
  return line;
}

function whoReads(visit: Visit, serials: readonly number[]): HTMLElement {
  const line = element('p', { class: 'hint' });
  whenSaid(line, () => {
    const members = visit.ready().members.filter((member) => serials.includes(member.serial));
    line.textContent = text('conversation-readers', listInWords(members.map(nameOf)), members.length);
  });
  return line;
}

/** Whether there is something of the reporter's own to delete, and somebody who can be asked. */
export function withdrawable(view: Pick<ConversationView, 'readers' | 'messages'>): boolean {
  return view.readers !== null && view.messages.some((message) => message.writer === 0 && message.kind !== 'withdraw');
}

/** `rescued`: what was being written when the conversation was open before. */
export function conversation(visit: Visit, first: ConversationView, rescued: Rescued | null = null): ConversationPart {
  const root = element('div', { class: 'conversation' });
  let view = first;
  const sending = new Sending(visit);
  const answering = new Sending(visit);
  const letters = element('ol', { class: 'letters' });
  const status = element('div', { class: 'standing' });
  const readersPlace = element('div');
  const olderPlace = element('div');
  const record = element('div', { class: 'notice-place' });
  const reply = field({ label: 'reply-label', hint: 'reply-hint', rows: 5, heading: true });
  const files = filesField(visit, true);
  const send = sendButton('send-reply');
  const locked = say(element('p', { class: 'hint' }), 'locked-draft');
  locked.hidden = true;
  let asked: Readers | null = null;

  const form = element(
    'form',
    { class: 'sheet', autocomplete: 'off', novalidate: true },
    reply.root,
    files.root,
    readersPlace,
    locked,
    record,
    send.root,
  );

  const showOlder = async (): Promise<void> => {
    try {
      const { request } = await visit.engine.call('older', {});
      if (request === null) return;
      view = await visit.engine.call('read', { answer: await visit.fetch(request) });
      show();
    } catch (error) {
      send.fail(error);
    }
  };

  const olderButton = (): HTMLElement => {
    const button = say(element('button', { type: 'button', class: 'cdx-button' }), 'conversation-older-button');
    button.addEventListener('click', () => void showOlder());
    return element(
      'div',
      { class: 'older' },
      say(element('p'), 'conversation-older', [view.older]),
      button,
      say(element('p', { class: 'hint' }), 'conversation-older-hint'),
    );
  };

  /** Who may read, where the person had to be asked; nobody left is said at the tick boxes. */
  const readersNow = (): number[] | null => {
    if (view.readers !== null) return null;
    if (asked?.nobody() === true) throw new Trouble('no-readers');
    return asked?.allowed() ?? null;
  };

  let unsure: Answer | null = null;
  const deliver = async (given: Answer, stage: (now: Busy) => void): Promise<void> => {
    const readers = readersNow();
    unsure = given;
    const letter = await answering.send(() => visit.engine.call('compose-consent', { ...given, readers }), stage);
    unsure = null;
    const messages = [...withAnswer(view.messages, given, letter.day), { ...own('', letter.day), consent_to: given.request }];
    view = { ...view, readers: readers ?? view.readers, messages };
    show();
    record.replaceChildren(recordLine(visit, letter, 'consent-sent').root);
    record.scrollIntoView({ block: 'nearest' });
  };
  const answer = async (wanted: Answer, stage: (now: Busy) => void): Promise<void> => {
    // What may have arrived goes again first, to whichever request it belongs.
    const first = answering.uncertain ? unsure : null;
    if (first !== null) await deliver(first, stage);
    if (first === null || !sameAnswer(first, wanted)) await deliver(wanted, stage);
  };

  const show = (): void => {
    letters.replaceChildren(
      ...view.messages.flatMap((message) => letter(visit, message, consentRequest(message, { send: answer, uncertain: () => answering.uncertain }))),
    );
    status.replaceChildren(standing(visit, view));
    if (view.readers !== null) status.append(whoReads(visit, view.readers));
    if (view.refused > 0) status.append(say(element('p', { class: 'hint' }), 'message-refused', [view.refused]));
    olderPlace.replaceChildren(...(view.older > 0 ? [olderButton()] : []));
    if (view.readers === null && asked === null) {
      asked = readers(visit.ready().members);
      readersPlace.replaceChildren(say(element('p', { class: 'notice notice--calm' }), 'reply-readers'), asked.root);
    }
  };
  show();

  const submit = async (): Promise<void> => {
    record.replaceChildren();
    const said = reply.control.value;
    if (said.trim() === '') {
      reply.complain('reply-empty');
      reply.control.focus();
      return;
    }
    if (view.readers === null && asked?.nobody() === true) return;
    const chosen = view.readers === null ? (asked?.allowed() ?? null) : null;
    let arrived: Sent | null = null;
    const went = await send.run(async (stage) => {
      await visit.beforePut();
      const attached = await files.send((sent, all) => stage('files', [sizeInWords(sent), sizeInWords(all)]));
      // From here on they are part of what is being sealed.
      files.root.inert = true;
      const compose = () => visit.engine.call('compose-message', { text: said, readers: chosen, files: attached });
      arrived = await sending.send(compose, stage);
    });
    reply.control.readOnly = sending.uncertain;
    locked.hidden = !sending.uncertain;
    files.root.inert = sending.uncertain;
    if (sending.uncertain || files.interrupted()) retry.plan();
    else retry.done();
    if (!went || arrived === null) return;
    const letter: Sent = arrived;
    reply.control.value = '';
    files.clear();
    view = { ...view, readers: chosen ?? view.readers, messages: [...view.messages, own(said, letter.day)] };
    readersPlace.replaceChildren();
    show();
    record.replaceChildren(recordLine(visit, letter, 'reply-sent').root);
  };
  const retry = new Retry(() => {
    const goesOn = sending.uncertain || files.interrupted();
    if (root.isConnected && goesOn) void submit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });

  let gone = false;
  const withdrawn = (page: HTMLElement): void => {
    gone = true;
    reply.control.value = '';
    files.clear();
    root.replaceChildren(page);
    window.scrollTo(0, 0);
    page.querySelector('h1')?.focus();
  };
  root.append(
    say(element('h1', { tabindex: '-1' }), 'conversation-heading'),
    status,
    olderPlace,
    letters,
    form,
    ...(withdrawable(first) ? [withdrawal(visit, withdrawn)] : []),
  );
  if (rescued !== null) {
    reply.control.value = rescued.text;
    files.add(rescued.files);
  }
  return {
    root,
    unfinished: () => reply.control.value.trim() !== '' || files.chosen().length > 0,
    rescued: () => (gone ? null : { text: reply.control.value, files: files.chosen().map(({ file }) => file) }),
  };
}
