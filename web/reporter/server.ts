// The server's surface as a reporter uses it. Nothing here knows a secret; nothing
// secret ever stands in an address.
import { Trouble } from './trouble.ts';
import type { Frame } from './wire.ts';

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

/** Said where the server knows no such thing, or not with this key. */
const FORBIDDEN = 'forbidden';

/** A request that may be given up. */
interface Options {
  body?: Frame;
  /** Bytes that the answer will have, where they are many. */
  awaited?: number;
  /** Ends the request early. */
  stop?: AbortSignal | undefined;
}

/** What a stamp has to be worth now, where that is what is wrong. */
async function demanded(answer: Response): Promise<number | null> {
  const { code, bits } = (await answer.json()) as { code?: unknown; bits?: unknown };
  return code === 'weak-stamp' && Number.isInteger(bits) ? (bits as number) : null;
}

async function refusal(answer: Response): Promise<Trouble> {
  const { status } = answer;
  if (status === 403) {
    const bits = await demanded(answer).catch(() => null);
    return bits === null ? new Trouble(FORBIDDEN) : new Trouble('weak-stamp', undefined, bits);
  }
  if (status === 409) return new Trouble('occupied');
  if (status === 429 || status === 503 || status === 507) return new Trouble('busy');
  if (status >= 500) return new Trouble('unreachable');
  return new Trouble('refused');
}

/** One request, given up where it takes longer than its bytes may take, or where it is stopped. */
async function call<Body>(
  path: string,
  read: (answer: Response) => Promise<Body>,
  { body, awaited = 0, stop }: Options = {},
): Promise<Body> {
  // Some browsers in use know neither `AbortSignal.timeout` nor `AbortSignal.any`.
  const end = new AbortController();
  const giveUp = (): void => end.abort();
  const size = (body instanceof Blob ? body.size : (body?.length ?? 0)) + awaited;
  const timer = setTimeout(giveUp, PATIENCE + size / SLOWEST_RATE);
  stop?.addEventListener('abort', giveUp);
  if (stop?.aborted === true) giveUp();
  const init: RequestInit = {
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
    signal: end.signal,
  };
  if (body !== undefined) {
    init.method = 'POST';
    init.headers = { 'Content-Type': 'application/octet-stream' };
    init.body = body as BodyInit;
  }
  try {
    const answer = await fetch(path, init);
    if (!answer.ok) throw await refusal(answer);
    return await read(answer);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble('unreachable');
  } finally {
    // What still waits for it would keep everything about this request, its bytes included.
    clearTimeout(timer);
    stop?.removeEventListener('abort', giveUp);
  }
}

function bytes(path: string, options?: Options): Promise<Uint8Array> {
  return call(path, async (answer) => new Uint8Array(await answer.arrayBuffer()), options);
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
export function put(frame: Frame): Promise<Uint8Array> {
  return bytes('/v1/envelopes', { body: frame });
}

/** Puts one part of a file on the wall. Whether a put that was stopped arrived, nobody knows. */
export function putPart(frame: Frame, stop?: AbortSignal): Promise<Uint8Array> {
  return bytes('/v1/parts', { body: frame, stop });
}

/** Deletes one envelope, where the server still knows it. */
export async function remove(deletion: Uint8Array): Promise<void> {
  try {
    await bytes('/v1/delete', { body: deletion });
  } catch (error) {
    // Deleted before, or expired: there is nothing left that this key would fit.
    if (!(error instanceof Trouble) || error.code !== FORBIDDEN) throw error;
  }
}

/** Fetches a constant number of records. */
export function fetchRecords(request: Uint8Array): Promise<Uint8Array> {
  return bytes('/v1/fetch', { body: request });
}

/** Fetches the record of one part of a file. */
export function fetchPart(request: Uint8Array, stop?: AbortSignal): Promise<Blob> {
  return call('/v1/fetch', (answer) => answer.blob(), { body: request, awaited: PART, stop });
}
