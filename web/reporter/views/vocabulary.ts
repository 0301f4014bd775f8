// The words a report may use where it offers a choice, and how each is called on the page.
import type { MessageKey } from '../../shared/say.ts';
import type { Choice } from './choice.ts';

export const CERTAINTY: readonly Choice[] = [
  ['yes', 'answer-yes'],
  ['no', 'answer-no'],
  ['unsure', 'answer-unsure'],
];
export const KINDS: readonly Choice[] = [
  ['insults', 'kind-insult'],
  ['hounding', 'kind-hounding'],
  ['threats', 'kind-threat'],
  ['doxxing', 'kind-doxxing'],
  ['sexual-harassment', 'kind-sexual'],
  ['hate', 'kind-hate'],
  ['impersonation', 'kind-impersonation'],
  ['other', 'kind-other'],
];
export const WISHES: readonly Choice[] = [
  ['listen', 'wish-listen'],
  ['advice', 'wish-advice'],
  ['mediation', 'wish-mediation'],
  ['psychosocial', 'wish-psychosocial'],
  ['legal', 'wish-legal'],
  ['platform', 'wish-platform'],
  ['unsure', 'wish-unsure'],
];
export const FOR_WHOM: readonly Choice[] = [
  ['me', 'for-me'],
  ['someone-else', 'for-other'],
  ['witness', 'for-seen'],
];

/** What a word of the wire is called on the page. */
export function labelOf(offered: readonly Choice[], value: string): MessageKey | null {
  return offered.find(([word]) => word === value)?.[1] ?? null;
}
