// The Worker: the only place of the page where secrets are. It holds one session of the
// compiled client-wasm, turns calls into its methods and its failures into codes.
import { Trouble } from './trouble.ts';
import type { Calls, Operation, Request, Response } from './wire.ts';

/** What client-wasm offers; JSON in and out where it is not bytes or numbers. */
interface Session {
  open(instance: Uint8Array, state: Uint8Array, rosters: Uint8Array, prekeys: Uint8Array, index: Uint8Array, now: number): string;
  new_codename(): void;
  words(language: string): string;
  compose_report(readers: Uint32Array, body: string): string;
  compose_message(text: string, readers: Uint32Array | undefined): string;
  compose_consent(answer: string, readers: Uint32Array | undefined): string;
  mark_occupied(envelope: number): void;
  compose_withdraw(): string;
  deletions(): Uint8Array;
  record(envelope: number): string;
  compose_decoy(): string;
  search_stamp(envelope: number, start: number, tries: number): boolean;
  search_early(tries: number): boolean;
  demand(envelope: number, bits: number): void;
  frame(envelope: number): Uint8Array;
  verify_promise(envelope: number, promise: Uint8Array): string;
  enter(words: string): number;
  next_fetch(): Uint8Array | undefined;
  cover_fetch(): Uint8Array;
  read(answer: Uint8Array): string;
  complete(prefix: string): string;
  free(): void;
}

/** The glue of wasm-bindgen, which the build puts before this script. */
declare const wasm_bindgen: {
  (options: { module_or_path: string }): Promise<unknown>;
  Session: new () => Session;
};

/** Stamps tried between two signs of life. */
const TRIES = 4096;

type Answers = { [Op in Operation]: (args: Calls[Op]['args'], id: number) => Calls[Op]['answer'] };

/** Bytes of one request to delete: where it lies, and what deletes it. */
const DELETION = 16 + 32;

function framesIn(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / DELETION }, (_, at) => bytes.slice(at * DELETION, (at + 1) * DELETION));
}

let loading: Promise<Session> | null = null;

function session(): Promise<Session> {
  loading ??= wasm_bindgen({ module_or_path: '/beistand_bg.wasm' }).then(
    () => new wasm_bindgen.Session(),
    () => {
      loading = null;
      throw new Trouble('browser-refused');
    },
  );
  return loading;
}

function answers(now: Session): Answers {
  return {
    open: (a) => JSON.parse(now.open(a.instance, a.state, a.rosters, a.prekeys, a.index, a.now)),
    'new-codename': () => {
      now.new_codename();
      return {};
    },
    words: ({ language }) => JSON.parse(now.words(language)),
    'compose-report': (a) => JSON.parse(now.compose_report(new Uint32Array(a.readers), JSON.stringify(a.body))),
    'compose-message': (a) =>
      JSON.parse(now.compose_message(a.text, a.readers === null ? undefined : new Uint32Array(a.readers))),
    'compose-consent': ({ request, items, readers }) =>
      JSON.parse(
        now.compose_consent(JSON.stringify({ request, items }), readers === null ? undefined : new Uint32Array(readers)),
      ),
    'compose-withdraw': () => JSON.parse(now.compose_withdraw()),
    deletions: () => ({ frames: framesIn(now.deletions()) }),
    record: ({ envelope }) => ({ record: JSON.parse(now.record(envelope)) }),
    'compose-decoy': () => JSON.parse(now.compose_decoy()),
    stamp: ({ envelope }, id) => {
      for (let start = 0; !now.search_stamp(envelope, start, TRIES); start += TRIES) {
        send({ id, progress: start + TRIES });
      }
      return { frame: now.frame(envelope) };
    },
    demand: ({ envelope, bits }) => {
      now.demand(envelope, bits);
      return {};
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
    'cover-fetch': () => ({ request: now.cover_fetch() }),
    complete: ({ prefix }) => ({ words: JSON.parse(now.complete(prefix)) }),
    wipe: () => {
      now.free();
      loading = null;
      return {};
    },
  };
}

/** client-wasm throws `{"code": …}` as text; anything else is a fault of ours. */
function failure(error: unknown): { code: string; position?: number } {
  if (error instanceof Trouble) return { code: error.code };
  if (typeof error === 'string') {
    try {
      return JSON.parse(error);
    } catch {
      // Not ours: say nothing of it.
    }
  }
  return { code: 'internal' };
}

function send(response: Response): void {
  (self as unknown as { postMessage(message: Response): void }).postMessage(response);
}

async function handle<Op extends Operation>({ id, op, args }: Request<Op>): Promise<void> {
  try {
    const ok = answers(await session())[op](args, id);
    send({ id, ok });
  } catch (error) {
    send({ id, error: failure(error) });
  }
}

self.addEventListener('message', (event: MessageEvent<Request>) => void handle(event.data));
// The program loads while the page still loads what it needs from the server.
void session().catch(() => undefined);
