// The optional part of a report: each field says why it is asked, none is required.
import { element } from '../../shared/element.ts';
import { say } from '../../shared/say.ts';
import type { Member, ReportBody } from '../wire.ts';
import { answerLanguages } from './answer-languages.ts';
import { choices } from './choice.ts';
import { field } from './field.ts';
import { notice } from './notice.ts';
import { accounts, links } from './recognised.ts';
import { CERTAINTY, FOR_WHOM, KINDS, WISHES } from './vocabulary.ts';

export interface Details {
  readonly root: HTMLDetailsElement;
  /** What was filled in; fields left empty are left out. */
  filled(): Omit<ReportBody, 'text'>;
  /** To be called when it is known who is there. */
  know(members: readonly Member[]): void;
}

export function details(): Details {
  const where = field({ label: 'where-label', hint: 'where-hint' });
  const linked = links(field({ label: 'links-label', hint: 'links-hint', rows: 3 }));
  const involved = accounts(field({ label: 'accounts-label', hint: 'accounts-hint', rows: 2 }));
  const callMe = field({ label: 'call-me-label', hint: 'call-me-hint' });
  const pronouns = field({ label: 'pronouns-label', hint: 'pronouns-hint' });
  const safeTimes = field({ label: 'safe-times-label', hint: 'safe-times-hint' });
  const ongoing = choices('radio', 'ongoing-label', 'ongoing-hint', CERTAINTY);
  const danger = choices('radio', 'danger-label', 'danger-hint', CERTAINTY);
  const kinds = choices('checkbox', 'kinds-label', 'kinds-hint', KINDS);
  const wishes = choices('checkbox', 'wishes-label', 'wishes-hint', WISHES);
  const forWhom = choices('radio', 'for-whom-label', 'for-whom-hint', FOR_WHOM);
  const spoken = answerLanguages();
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
    linked.root,
    involved.root,
    callMe.root,
    pronouns.root,
    spoken.root,
    safeTimes.root,
  );

  const filled = (): Omit<ReportBody, 'text'> => {
    const body: Omit<ReportBody, 'text'> = {};
    const word = (name: 'where' | 'call_me' | 'pronouns' | 'safe_times', value: string): void => {
      if (value.trim() !== '') body[name] = value.trim();
    };
    const list = (name: 'links' | 'accounts' | 'kinds' | 'wishes' | 'languages', values: string[]): void => {
      if (values.length > 0) body[name] = values;
    };
    const one = (name: 'ongoing' | 'danger' | 'for_whom', [value]: string[]): void => {
      if (value !== undefined) body[name] = value;
    };
    word('where', where.control.value);
    list('links', linked.entries());
    list('accounts', involved.entries());
    word('call_me', callMe.control.value);
    word('pronouns', pronouns.control.value);
    list('languages', spoken.chosen());
    word('safe_times', safeTimes.control.value);
    one('ongoing', ongoing.chosen());
    one('danger', danger.chosen());
    list('kinds', kinds.chosen());
    list('wishes', wishes.chosen());
    one('for_whom', forWhom.chosen());
    return body;
  };
  return { root, filled, know: spoken.offer };
}
