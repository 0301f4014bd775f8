// What both Workers share: requests of the page become calls of one session of the compiled
// client-wasm, its failures become codes. A Worker is the only place of the page where secrets are.
import { holdLifeline } from './lifeline.ts';
import { blobOf, reading } from './memory.ts';
import { Trouble, WORKER_GONE } from './trouble.ts';
import type { Calls, Handover, Operation, Request, Response } from './wire.ts';

/** What client-wasm offers; JSON in and out where it is not bytes or numbers. */
export interface Session {
  open(instance: Uint8Array, state: Uint8Array, rosters: Uint8Array, prekeys: Uint8Array, index: Uint8Array, now: number): string;
  new_codename(): void;
  words(language: string): string;
  compose_report(readers: Uint32Array, body: string, files: Uint32Array): string;
  compose_message(text: string, readers: Uint32Array | undefined, files: Uint32Array): string;
  compose_consent(answer: string, readers: Uint32Array | undefined): string;
  demand(envelope: number, bits: number): void;
  mark_occupied(envelope: number): void;
  compose_withdraw(): string;
  deletions(): Uint8Array;
  record(envelope: number): string;
  compose_decoy(): string;
  search_stamp(envelope: number, start: number, tries: number): boolean;
  search_early(tries: number): boolean;
  frame(envelope: number): Uint8Array;
  verify_promise(envelope: number, promise: Uint8Array): string;
  enter(words: string): number;
  next_fetch(): Uint8Array | undefined;
  cover_fetch(): Uint8Array;
  pay_fetch(request: Uint8Array, bits: number): Uint8Array;
  read(answer: Uint8Array): string;
  clean_picture(bytes: Uint8Array): CleanPicture | undefined;
  begin_file(size: number, hashed: boolean): number;
  file_wants(file: number): string;
  compose_part(file: number, followsUp: boolean, slice: Uint8Array): string;
  hash_slice(file: number, slice: Uint8Array): void;
  digest(file: number): Uint8Array;
  finish_file(file: number, about: string, sha256: Uint8Array | undefined): void;
  forget_file(file: number): void;
  begin_opening(message: string, place: number): number;
  part_request(file: number): Uint8Array | undefined;
  open_part(file: number, answer: Uint8Array): Uint8Array;
  finish_opening(file: number): void;
  complete(prefix: string): string;
  free(): void;
}

interface CleanPicture {
  take_bytes(): Uint8Array;
  media_type(): string;
  removed(): string;
  free(): void;
}

/** Stamps tried at once. */
const TRIES = 4096;

type Answer<Op extends Operation> = Calls[Op]['answer'];
type Answers = { [Op in Operation]: (args: Calls[Op]['args']) => Answer<Op> | Promise<Answer<Op>> };

/** A frame of as many bytes is a part of a file. */
const LARGE = 1 << 19;

/** Bytes of one request to delete: where it lies, and what deletes it. */
const DELETION = 16 + 32;

function framesIn(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / DELETION }, (_, at) => bytes.slice(at * DELETION, (at + 1) * DELETION));
}

function answers(now: Session, forget: () => void): Answers {
  return {
    open: (a) => JSON.parse(now.open(a.instance, a.state, a.rosters, a.prekeys, a.index, a.now)),
    'new-codename': () => {
      now.new_codename();
      return {};
    },
    words: ({ language }) => JSON.parse(now.words(language)),
    'compose-report': (a) =>
      JSON.parse(now.compose_report(new Uint32Array(a.readers), JSON.stringify(a.body), new Uint32Array(a.files))),
    'compose-message': (a) =>
      JSON.parse(
        now.compose_message(a.text, a.readers === null ? undefined : new Uint32Array(a.readers), new Uint32Array(a.files)),
      ),
    'compose-consent': ({ request, items, readers }) =>
      JSON.parse(
        now.compose_consent(JSON.stringify({ request, items }), readers === null ? undefined : new Uint32Array(readers)),
      ),
    demand: ({ envelope, bits }) => {
      now.demand(envelope, bits);
      return {};
    },
    'compose-withdraw': () => JSON.parse(now.compose_withdraw()),
    deletions: () => ({ frames: framesIn(now.deletions()) }),
    record: ({ envelope }) => ({ record: JSON.parse(now.record(envelope)) }),
    'compose-decoy': () => JSON.parse(now.compose_decoy()),
    stamp: ({ envelope }) => {
      for (let start = 0; !now.search_stamp(envelope, start, TRIES); start += TRIES);
      const frame = now.frame(envelope);
      return { frame: frame.length < LARGE ? frame : blobOf(frame) };
    },
    'early-stamp': () => ({ found: now.search_early(TRIES) }),
    occupied: ({ envelope }) => {
      now.mark_occupied(envelope);
      return {};
    },
    'verify-promise': (a) => JSON.parse(now.verify_promise(a.envelope, a.promise)),
    mailbox: ({ words }) => {
      const listed = now.enter(words);
      return { listed, request: now.next_fetch() ?? now.cover_fetch() };
    },
    read: ({ answer }) => JSON.parse(now.read(answer)),
    older: () => ({ request: now.next_fetch() ?? null }),
    'pay-fetch': ({ request, bits }) => ({ request: now.pay_fetch(request, bits) }),
    'cover-fetch': () => ({ request: now.cover_fetch() }),
    'clean-picture': ({ bytes }) => {
      const picture = now.clean_picture(bytes);
      if (picture === undefined) return { picture: null };
      const clean = { data: picture.take_bytes(), type: picture.media_type(), removed: JSON.parse(picture.removed()) };
      picture.free();
      return { picture: clean };
    },
    'begin-file': ({ size, hashed }) => ({ file: now.begin_file(size, hashed) }),
    'file-wants': ({ file }) => ({ slice: JSON.parse(now.file_wants(file)) }),
    'compose-part': (a) => reading(a.data, 'file-unreadable', (bytes) => JSON.parse(now.compose_part(a.file, a.follows_up, bytes))),
    'hash-slice': ({ file, data }) =>
      reading(data, 'file-unreadable', (bytes) => {
        now.hash_slice(file, bytes);
        return {};
      }),
    digest: ({ file }) => ({ sha256: now.digest(file) }),
    'finish-file': ({ file, about, sha256 }) => {
      now.finish_file(file, JSON.stringify(about), sha256 ?? undefined);
      return {};
    },
    'forget-file': ({ file }) => {
      now.forget_file(file);
      return {};
    },
    'begin-opening': ({ message, place }) => ({ file: now.begin_opening(message, place) }),
    'part-request': ({ file }) => ({ request: now.part_request(file) ?? null }),
    'open-part': ({ file, answer }) => reading(answer, 'unreachable', (bytes) => ({ data: blobOf(now.open_part(file, bytes)) })),
    'finish-opening': ({ file }) => {
      now.finish_opening(file);
      return {};
    },
    complete: ({ prefix }) => ({ words: JSON.parse(now.complete(prefix)) }),
    wipe: () => {
      now.free();
      forget();
      return {};
    },
  };
}

/**
 * client-wasm throws `{"code": …}` as text. Anything else means that it broke off, most likely for
 * want of memory, and cannot be used any more: that is as if this Worker had ended.
 */
function failure(error: unknown): { code: string; position?: number } {
  if (error instanceof Trouble) return { code: error.code };
  if (typeof error === 'string') {
    try {
      return JSON.parse(error);
    } catch {
      // Not ours: say nothing of it.
    }
  }
  return { code: WORKER_GONE };
}

export function send(response: Response): void {
  (self as unknown as { postMessage(message: Response): void }).postMessage(response);
}

/** Answers the page from now on. `start` makes the session when the first request comes. */
export function answerThePage(start: () => Promise<Session>): void {
  let starting: Promise<Session> | null = null;
  const forget = (): void => {
    starting = null;
  };
  const session = (): Promise<Session> => {
    starting ??= start().catch((error: unknown) => {
      forget();
      throw error;
    });
    return starting;
  };
  const handle = async <Op extends Operation>({ id, op, args }: Request<Op>): Promise<void> => {
    try {
      const ok = await answers(await session(), forget)[op](args);
      send({ id, ok });
    } catch (error) {
      send({ id, error: failure(error) });
    }
  };
  self.addEventListener('message', (event: MessageEvent<Request | Handover>) => {
    if ('op' in event.data) void handle(event.data);
  });
  holdLifeline((lifeline) => send({ lifeline }));
  // The program loads while the page still loads what it needs from the server.
  void session().catch(() => undefined);
}
