// What a person should know before typing, in a few short lines.
import { element } from '../../shared/element.ts';
import { listInWords, say, text, whenSaid, type MessageKey } from '../../shared/say.ts';
import type { Standing, Visit } from '../visit.ts';
import { nameOf } from './readers.ts';

const LIMITS: readonly MessageKey[] = ['know-screen', 'know-confidence', 'know-police', 'know-idle'];

/** What stands in place of the names while nobody can be named. Where a report cannot be sent at
    all, that is said before somebody has written a long one. */
const UNREADY: Record<Standing['is'], MessageKey> = {
  ready: 'who-reads-loading',
  loading: 'who-reads-loading',
  trouble: 'who-reads-unknown',
  expired: 'trouble-expired',
};

/**
 * `write` brings the person to the text field: on a phone it is further down than the thumb likes.
 * `easy` is the link to the same in easy language.
 */
export function before(visit: Visit, write: () => void, easy: HTMLElement): HTMLElement {
  const begin = say(
    element('button', {
      type: 'button',
      class: 'begin cdx-button cdx-button--action-progressive cdx-button--weight-primary cdx-button--size-large',
    }),
    'begin',
  );
  begin.addEventListener('click', write);
  const who = element('dd');
  const when = element('dd');
  const whenTerm = say(element('dt'), 'by-when');
  const slow = say(element('p', { class: 'hint' }), 'slow-answers');
  const fill = (): void => {
    const view = visit.standing.is === 'ready' ? visit.standing.view : null;
    who.textContent =
      view !== null
        ? text('who-reads-names', listInWords(view.members.map(nameOf)))
        : text(UNREADY[visit.standing.is]);
    when.textContent = view === null ? '' : text('by-when-text', view.organisation.promise_days);
    for (const part of [whenTerm, when]) part.hidden = view === null;
    slow.hidden = view?.slow !== true;
  };
  whenSaid(who, fill);
  visit.watch(fill);
  return element(
    'div',
    { class: 'before' },
    say(element('h1', { tabindex: '-1' }), 'report-heading'),
    say(element('p', { class: 'lead' }), 'report-lead'),
    element('p', {}, easy),
    begin,
    element(
      'dl',
      { class: 'facts' },
      element('div', {}, say(element('dt'), 'who-reads'), who),
      element('div', {}, say(element('dt'), 'what-we-do'), say(element('dd'), 'what-we-do-text')),
      element('div', {}, whenTerm, when),
    ),
    slow,
    element(
      'section',
      { class: 'limits' },
      say(element('h2'), 'good-to-know'),
      element('ul', {}, ...LIMITS.map((key) => say(element('li'), key))),
    ),
  );
}
