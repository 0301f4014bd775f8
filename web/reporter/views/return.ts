// Coming back: twelve words open a mailbox. No answer yet and wrong words look the same.
import { element } from '../../shared/element.ts';
import { say } from '../../shared/say.ts';
import { WORD_COUNT } from '../phrase.ts';
import { Trouble } from '../trouble.ts';
import type { Visit } from '../visit.ts';
import type { ConversationView } from '../wire.ts';
import { conversation, type ConversationPart, type Rescued } from './conversation.ts';
import { notice } from './notice.ts';
import { sendButton } from './send-button.ts';
import { wordFields } from './word-fields.ts';

export interface ReturnPage {
  readonly root: HTMLElement;
  unfinished(): boolean;
  /** True while words or an answer are being typed. */
  writing(): boolean;
}

export function returnPage(visit: Visit): ReturnPage {
  const fields = wordFields(async (prefix) => (await visit.engine.call('complete', { prefix })).words);
  const remark = notice();
  const open = sendButton('return-open');
  const clear = say(element('button', { type: 'button', class: 'cdx-button cdx-button--weight-quiet' }), 'return-clear');
  const form = element(
    'form',
    { class: 'sheet', autocomplete: 'off', novalidate: true },
    fields.root,
    remark.root,
    open.root,
    clear,
  );
  clear.addEventListener('click', () => {
    remark.clear();
    fields.clear();
  });
  const empty = element(
    'section',
    { class: 'empty', tabindex: '-1' },
    say(element('h2'), 'empty-heading'),
    say(element('p'), 'empty-text'),
    say(element('p'), 'empty-next'),
  );
  empty.hidden = true;
  const door = [
    say(element('h1', { tabindex: '-1' }), 'return-heading'),
    say(element('p', { class: 'lead' }), 'return-lead'),
    form,
    empty,
  ];
  const root = element('div', { class: 'page' }, ...door);
  let opened: ConversationPart | null = null;
  let rescued: Rescued | null = null;

  // The keys are gone with the Worker, and only the words bring them back.
  visit.watchLoss(() => {
    const kept = opened?.rescued() ?? null;
    if (kept === null) return;
    rescued = kept;
    opened = null;
    root.replaceChildren(...door);
    remark.show('care', 'trouble-worker-return');
  });

  const explain = (error: unknown): boolean => {
    if (!(error instanceof Trouble)) return false;
    if (error.code === 'word-unknown' && error.position !== undefined) {
      remark.show('calm', 'word-unknown', [error.position]);
      fields.point(error.position);
      return true;
    }
    if (error.code === 'words-checksum') {
      remark.show('calm', 'words-checksum');
      return true;
    }
    return false;
  };

  const look = async (): Promise<void> => {
    remark.clear();
    empty.hidden = true;
    const words = fields.words();
    if (words.length !== WORD_COUNT) {
      remark.show('calm', 'words-count', [words.length]);
      return;
    }
    let view: ConversationView | null = null;
    const went = await open.run(async (stage) => {
      stage('looking');
      if (visit.standing.is !== 'ready') await visit.open();
      visit.ready();
      if (visit.engine.slow) stage('looking-slowly');
      await visit.beforeLook();
      try {
        const { request } = await visit.engine.call('mailbox', { words: words.join(' ') });
        view = await visit.engine.call('read', { answer: await visit.fetch(request) });
      } catch (error) {
        if (!explain(error)) throw error;
      }
    });
    if (!went || view === null) return;
    const found: ConversationView = view;
    if (found.messages.length === 0) {
      empty.hidden = false;
      empty.focus();
      return;
    }
    fields.clear();
    opened = conversation(visit, found, rescued);
    rescued = null;
    root.replaceChildren(opened.root);
    window.scrollTo(0, 0);
    opened.root.querySelector('h1')?.focus();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void look();
  });
  const unfinished = (): boolean => opened?.unfinished() ?? ((rescued?.text ?? '') !== '' || (rescued?.files.length ?? 0) > 0);
  return { root, unfinished, writing: () => unfinished() || fields.words().length > 0 };
}
