// The server's surface as a reporter uses it. Nothing here knows a secret; nothing
// secret ever stands in an address.
import { Trouble } from './trouble.ts';

/** The bytes a visit begins with, all the same for every visitor. */
export interface Published {
  instance: Uint8Array;
  state: Uint8Array;
  rosters: Uint8Array;
  prekeys: Uint8Array;
  index: Uint8Array;
}

/** A request of a few bytes that takes longer than this many milliseconds counts as a server that is down. */
const PATIENCE = 60_000;
/** Bytes a millisecond that the slowest line has: as many as the server expects of it. */
const SLOWEST_RATE = 16;
/** Bytes of a part of a file, and so of the answer that brings one. */
const PART = 1 << 20;

/** A request that may be given up. */
interface Options {
  body?: Uint8Array | Blob;
  /** Bytes that the answer will have, where they are many. */
  awaited?: number;
  /** Ends the request early. */
  stop?: AbortSignal | undefined;
}

/**
 * Ends a request that takes longer than `bytes` may take, or that is stopped. Some browsers in use
 * know neither `AbortSignal.timeout` nor `AbortSignal.any`.
 */
function outOfPatience(bytes: number, stop?: AbortSignal): AbortSignal {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), PATIENCE + bytes / SLOWEST_RATE);
  stop?.addEventListener('abort', () => {
    clearTimeout(timer);
    end.abort();
  });
  if (stop?.aborted === true) end.abort();
  return end.signal;
}

async function call(path: string, { body, awaited = 0, stop }: Options = {}): Promise<globalThis.Response> {
  const init: RequestInit = {
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
    signal: outOfPatience((body instanceof Blob ? body.size : (body?.length ?? 0)) + awaited, stop),
  };
  if (body !== undefined) {
    init.method = 'POST';
    init.headers = { 'Content-Type': 'application/octet-stream' };
    init.body = body as BodyInit;
  }
  try {
    return await fetch(path, init);
  } catch {
    throw new Trouble('unreachable');
  }
}

/** What a stamp has to be worth now, where that is what is wrong. */
async function demanded(answer: globalThis.Response): Promise<number | null> {
  try {
    const { code, bits } = (await answer.json()) as { code?: unknown; bits?: unknown };
    return code === 'weak-stamp' && Number.isInteger(bits) ? (bits as number) : null;
  } catch {
    return null;
  }
}

async function refuse(answer: globalThis.Response): Promise<Trouble> {
  const { status } = answer;
  if (status === 403) {
    const bits = await demanded(answer);
    if (bits !== null) return new Trouble('weak-stamp', undefined, bits);
  }
  if (status === 409) return new Trouble('occupied');
  if (status === 429 || status === 503 || status === 507) return new Trouble('busy');
  if (status >= 500) return new Trouble('unreachable');
  return new Trouble('refused');
}

async function whole<T>(answer: globalThis.Response, read: () => Promise<T>): Promise<T> {
  if (!answer.ok) throw await refuse(answer);
  try {
    return await read();
  } catch {
    throw new Trouble('unreachable');
  }
}

async function bytes(path: string, options?: Options): Promise<Uint8Array> {
  const answer = await call(path, options);
  return new Uint8Array(await whole(answer, () => answer.arrayBuffer()));
}

/** Loads what every visit begins with: the same addresses for everybody, the whole index. */
export async function published(): Promise<Published> {
  const [instance, state, rosters, prekeys, index] = await Promise.all([
    bytes('/instance.json'),
    bytes('/v1/state'),
    bytes('/v1/rosters'),
    bytes('/v1/prekeys'),
    bytes('/v1/index?from=0'),
  ]);
  return { instance, state, rosters, prekeys, index };
}

/** Puts one envelope on the wall and gives the answer that holds the promise. */
export function put(frame: Uint8Array): Promise<Uint8Array> {
  return bytes('/v1/envelopes', { body: frame });
}

/** Puts one part of a file on the wall. Whether a put that was stopped arrived, nobody knows. */
export function putPart(frame: Uint8Array, stop?: AbortSignal): Promise<Uint8Array> {
  // As a Blob, for of mere bytes the browser keeps a copy until its garbage collector comes by.
  return bytes('/v1/parts', { body: new Blob([frame as BlobPart]), stop });
}

/** Deletes one envelope. True where it is gone now, false where the server does not know it any more. */
export async function remove(deletion: Uint8Array): Promise<boolean> {
  const answer = await call('/v1/delete', { body: deletion });
  // Deleted before, or expired: there is nothing left that this key would fit.
  if (answer.status === 403) return false;
  await whole(answer, () => answer.arrayBuffer());
  return true;
}

/** Fetches a constant number of records. */
export function fetchRecords(request: Uint8Array): Promise<Uint8Array> {
  return bytes('/v1/fetch', { body: request });
}

/** Fetches the record of one part of a file. */
export function fetchPart(request: Uint8Array, stop?: AbortSignal): Promise<Uint8Array> {
  return bytes('/v1/fetch', { body: request, awaited: PART, stop });
}
