// The optional part of a report: each field says why it is asked, none is required.
import { element } from '../../shared/element.ts';
import { say } from '../../shared/say.ts';
import type { ReportBody } from '../wire.ts';
import { choices, type Choice } from './choice.ts';
import { field, linesOf } from './field.ts';
import { notice } from './notice.ts';

const CERTAINTY: readonly Choice[] = [
  ['yes', 'answer-yes'],
  ['no', 'answer-no'],
  ['unsure', 'answer-unsure'],
];
const KINDS: readonly Choice[] = [
  ['insults', 'kind-insult'],
  ['hounding', 'kind-hounding'],
  ['threats', 'kind-threat'],
  ['doxxing', 'kind-doxxing'],
  ['sexual-harassment', 'kind-sexual'],
  ['hate', 'kind-hate'],
  ['impersonation', 'kind-impersonation'],
  ['other', 'kind-other'],
];
const WISHES: readonly Choice[] = [
  ['listen', 'wish-listen'],
  ['advice', 'wish-advice'],
  ['mediation', 'wish-mediation'],
  ['psychosocial', 'wish-psychosocial'],
  ['legal', 'wish-legal'],
  ['platform', 'wish-platform'],
  ['unsure', 'wish-unsure'],
];
const FOR_WHOM: readonly Choice[] = [
  ['me', 'for-me'],
  ['someone-else', 'for-other'],
  ['witness', 'for-seen'],
];

export interface Details {
  readonly root: HTMLDetailsElement;
  /** What was filled in; fields left empty are left out. */
  filled(): Omit<ReportBody, 'text'>;
}

export function details(): Details {
  const where = field({ label: 'where-label', hint: 'where-hint' });
  const links = field({ label: 'links-label', hint: 'links-hint', rows: 3 });
  const accounts = field({ label: 'accounts-label', hint: 'accounts-hint', rows: 2 });
  const callMe = field({ label: 'call-me-label', hint: 'call-me-hint' });
  const pronouns = field({ label: 'pronouns-label' });
  const safeTimes = field({ label: 'safe-times-label' });
  const ongoing = choices('radio', 'ongoing-label', CERTAINTY);
  const danger = choices('radio', 'danger-label', CERTAINTY);
  const kinds = choices('checkbox', 'kinds-label', KINDS);
  const wishes = choices('checkbox', 'wishes-label', WISHES);
  const forWhom = choices('radio', 'for-whom-label', FOR_WHOM);
  const care = notice();
  danger.root.append(care.root);
  danger.root.addEventListener('change', () => {
    if (danger.chosen()[0] === 'yes') care.show('care', 'danger-yes-note');
    else care.clear();
  });

  const root = element(
    'details',
    { class: 'more' },
    say(element('summary'), 'more-summary'),
    say(element('p', { class: 'hint' }), 'more-hint'),
    danger.root,
    ongoing.root,
    forWhom.root,
    wishes.root,
    kinds.root,
    where.root,
    links.root,
    accounts.root,
    callMe.root,
    pronouns.root,
    safeTimes.root,
  );

  const filled = (): Omit<ReportBody, 'text'> => {
    const body: Omit<ReportBody, 'text'> = {};
    const word = (name: 'where' | 'call_me' | 'pronouns' | 'safe_times', value: string): void => {
      if (value.trim() !== '') body[name] = value.trim();
    };
    const list = (name: 'links' | 'accounts' | 'kinds' | 'wishes', values: string[]): void => {
      if (values.length > 0) body[name] = values;
    };
    const one = (name: 'ongoing' | 'danger' | 'for_whom', [value]: string[]): void => {
      if (value !== undefined) body[name] = value;
    };
    word('where', where.control.value);
    list('links', linesOf(links.control));
    list('accounts', linesOf(accounts.control));
    word('call_me', callMe.control.value);
    word('pronouns', pronouns.control.value);
    word('safe_times', safeTimes.control.value);
    one('ongoing', ongoing.chosen());
    one('danger', danger.chosen());
    list('kinds', kinds.chosen());
    list('wishes', wishes.chosen());
    one('for_whom', forWhom.chosen());
    return body;
  };
  return { root, filled };
}
