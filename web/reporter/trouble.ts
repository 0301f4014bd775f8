// Everything that can go wrong, as one kind of error with a stable code, and the one
// place that says which sentence a person gets for it.
import type { MessageKey } from '../shared/say.ts';

export class Trouble extends Error {
  /**
   * `position`: the number of the word (1 to 12) that is meant, where one is.
   * `bits`: what a stamp has to be worth now, where it was worth too little.
   */
  constructor(
    readonly code: string,
    readonly position?: number,
    readonly bits?: number,
  ) {
    super(code);
  }
}

/** Said by the Worker where the browser does not compile WebAssembly. */
export const NO_WASM = 'no-wasm';

/** The Worker has ended, and with it the codename, the keys and whatever it had sealed. */
export const WORKER_GONE = 'worker-gone';
/** The same, after an envelope had set out. */
export const WORKER_GONE_SENT = 'worker-gone-sent';

const SENTENCES: Record<string, MessageKey> = {
  unreachable: 'trouble-down',
  busy: 'trouble-busy',
  refused: 'trouble-refused',
  forbidden: 'trouble-refused',
  'weak-stamp': 'trouble-busy',
  waiting: 'trouble-waiting',
  'places-full': 'trouble-places',
  'roster-expired': 'trouble-expired',
  'roster-refused': 'trouble-forged',
  'state-refused': 'trouble-forged',
  mismatch: 'trouble-forged',
  stale: 'trouble-stale',
  'browser-refused': 'trouble-browser',
  [NO_WASM]: 'trouble-browser',
  [WORKER_GONE]: 'trouble-worker',
  [WORKER_GONE_SENT]: 'trouble-worker-sent',
  'promise-refused': 'trouble-promise',
  'too-long': 'too-long',
  'no-readers': 'readers-none',
  'readers-unknown': 'reply-readers',
  'nobody-reachable': 'trouble-reachable',
  'words-checksum': 'words-checksum',
  'file-too-large': 'trouble-file-size',
  'files-too-large': 'trouble-file-size',
  'picture-damaged': 'file-damaged',
  'file-changed': 'trouble-file-read',
  'file-unreadable': 'trouble-file-read',
  'files-looking': 'trouble-files-looking',
  'files-stopped': 'trouble-files-stopped',
  'files-paused': 'trouble-files-paused',
  'file-deleted': 'trouble-file-deleted',
  'file-other': 'trouble-part-altered',
  'part-missing': 'trouble-part-missing',
  'part-foreign': 'trouble-part-foreign',
  'part-altered': 'trouble-part-altered',
  'part-swapped': 'trouble-part-swapped',
};

/** The sentence for an error: plain, and with what to do next. */
export function sentenceFor(error: unknown): MessageKey {
  return (error instanceof Trouble ? SENTENCES[error.code] : undefined) ?? 'trouble-unknown';
}

/** True where nobody knows whether the envelope arrived: only the very same bytes may be sent again. */
export function isUncertain(error: unknown): boolean {
  return error instanceof Trouble && ['unreachable', 'busy', 'promise-refused'].includes(error.code);
}
