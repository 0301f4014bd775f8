// The first page: what to know, one field that is needed, who may read it, send.
import { element } from '../../shared/element.ts';
import { language, say } from '../../shared/say.ts';
import { EarlyStamp } from '../early-stamp.ts';
import { filesField } from '../files/field.ts';
import { sizeInWords } from '../files/words.ts';
import { Retry } from '../retry.ts';
import { Sending, type Sent } from '../sending.ts';
import { Trouble, WORKER_GONE, WORKER_GONE_SENT } from '../trouble.ts';
import type { Visit } from '../visit.ts';
import type { ReportBody, Words } from '../wire.ts';
import { before } from './before.ts';
import { details } from './details.ts';
import { field } from './field.ts';
import { preview } from './preview.ts';
import { readers, type Readers } from './readers.ts';
import { recordLine } from './record.ts';
import { sendButton } from './send-button.ts';
import { wordsSheet } from './words.ts';

export interface ReportPage {
  readonly root: HTMLElement;
  /** True while something typed has not been sent, or words are shown that nobody has confirmed. */
  unfinished(): boolean;
  /** True while something typed has not been sent. */
  writing(): boolean;
}

/** `easy`: the link to the page in easy language. */
export function reportPage(visit: Visit, easy: HTMLElement): ReportPage {
  const sending = new Sending(visit);
  const story = field({ label: 'what-happened', hint: 'what-happened-hint', rows: 9, required: true, heading: true });
  const more = details();
  const files = filesField(visit, false, () => shown.refresh());
  const bodyNow = (): ReportBody => ({ text: story.control.value, ...more.filled() });
  const shown = preview(() => ({ body: bodyNow(), files: files.chosen(), readers: allowed?.left() ?? null }));
  const readersPlace = element('div');
  const send = sendButton('send-report', 'send-hint');
  const locked = say(element('p', { class: 'hint' }), 'locked-draft');
  locked.hidden = true;
  const form = element(
    'form',
    { class: 'sheet', id: 'report-form', autocomplete: 'off', novalidate: true },
    story.root,
    files.root,
    readersPlace,
    more.root,
    shown.root,
    locked,
    send.root,
  );
  const root = element('div', { class: 'page' }, before(visit, () => story.control.focus(), easy), form);

  let allowed: Readers | null = null;
  let codename: Promise<unknown> | null = null;
  /** The codename, made once: whoever asks first. */
  const ownCodename = (): Promise<unknown> => {
    codename ??= visit.engine.call('new-codename', {}).catch((error: unknown) => {
      codename = null;
      throw error;
    });
    return codename;
  };
  let stamp = new EarlyStamp(visit.engine, ownCodename);
  const stampWhileTyping = (): void => {
    if (writing() && visit.standing.is === 'ready') stamp.begin();
  };
  let confirmed = (): boolean => true;
  let sent = false;

  visit.watch(() => {
    if (visit.standing.is === 'ready' && allowed === null) {
      const { members } = visit.standing.view;
      allowed = readers(members);
      more.know(members);
      readersPlace.replaceChildren(allowed.root);
      send.quiet();
      stampWhileTyping();
    }
    if (visit.standing.is === 'expired') send.fail(new Trouble('roster-expired'));
    if (visit.standing.is === 'trouble') send.fail(visit.standing.error);
  });

  const lock = (now: boolean): void => {
    locked.hidden = !now;
    story.control.readOnly = now;
    readersPlace.inert = now;
    more.root.inert = now;
    files.root.inert = now;
  };

  // Nothing typed is lost with the Worker; the words are made anew, for nobody has seen them yet.
  visit.watchLoss(() => {
    if (sent) return;
    const setOut = sending.uncertain;
    sending.forget();
    files.startOver();
    codename = null;
    stamp = new EarlyStamp(visit.engine, ownCodename);
    retry.done();
    lock(false);
    if (writing()) send.fail(new Trouble(setOut ? WORKER_GONE_SENT : WORKER_GONE));
  });

  const submit = async (): Promise<void> => {
    if (story.control.value.trim() === '') {
      story.complain('what-happened-empty');
      story.control.focus();
      return;
    }
    if (allowed?.nobody() === true) {
      allowed.root.querySelector('input')?.focus();
      return;
    }
    let arrived: Sent | null = null;
    let words: Words | null = null;
    const went = await send.run(async (stage) => {
      stage('sealing');
      if (visit.standing.is !== 'ready') await visit.open();
      await visit.beforePut();
      const view = visit.ready();
      const chosen = allowed?.allowed() ?? view.members.map((member) => member.serial);
      const body = bodyNow();
      await ownCodename();
      words = await visit.engine.call('words', { language: language() });
      const attached = await files.send((sent, all) => stage('files', [sizeInWords(sent), sizeInWords(all)]));
      // From here on they are part of what is being sealed.
      files.root.inert = true;
      const compose = () => visit.engine.call('compose-report', { readers: chosen, body, files: attached });
      arrived = await sending.send(compose, stage);
    });
    lock(sending.uncertain);
    if (sending.uncertain || files.interrupted()) retry.plan();
    else retry.done();
    if (!went || arrived === null || words === null) return;
    const letter: Sent = arrived;
    sent = true;
    files.clear();
    form.reset();
    const sheet = wordsSheet(words, letter.day, recordLine(visit, letter, 'words-promise'), visit.ready());
    confirmed = sheet.confirmed;
    root.replaceChildren(sheet.root);
    window.scrollTo(0, 0);
    sheet.root.querySelector('h1')?.focus();
  };
  // A page that was wiped meanwhile has nothing to send any more.
  const retry = new Retry(() => {
    const goesOn = sending.uncertain || files.interrupted();
    if (root.isConnected && goesOn) void submit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  story.control.addEventListener('input', stampWhileTyping);
  for (const change of ['input', 'change']) form.addEventListener(change, shown.refresh);

  const writing = (): boolean => !sent && (story.control.value.trim() !== '' || files.chosen().length > 0);
  return { root, writing, unfinished: () => writing() || !confirmed() };
}
