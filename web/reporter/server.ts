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

/** A body that takes longer than this many milliseconds counts as a server that is down. */
const PATIENCE = 60_000;

/** Ends a request that takes too long; some browsers in use do not know `AbortSignal.timeout` yet. */
function outOfPatience(): AbortSignal {
  if ('timeout' in AbortSignal) return AbortSignal.timeout(PATIENCE);
  const end = new AbortController();
  setTimeout(() => end.abort(), PATIENCE);
  return end.signal;
}

async function call(path: string, body?: Uint8Array): Promise<globalThis.Response> {
  const init: RequestInit = {
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
    signal: outOfPatience(),
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

async function bytes(path: string, body?: Uint8Array): Promise<Uint8Array> {
  const answer = await call(path, body);
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
  return bytes('/v1/envelopes', frame);
}

/** Puts one part of a file on the wall. */
export function putPart(frame: Uint8Array): Promise<Uint8Array> {
  return bytes('/v1/parts', frame);
}

/** Deletes one envelope. True where it is gone now, false where the server does not know it any more. */
export async function remove(deletion: Uint8Array): Promise<boolean> {
  const answer = await call('/v1/delete', deletion);
  // Deleted before, or expired: there is nothing left that this key would fit.
  if (answer.status === 403) return false;
  await whole(answer, () => answer.arrayBuffer());
  return true;
}

/** Fetches a constant number of records. */
export function fetchRecords(request: Uint8Array): Promise<Uint8Array> {
  return bytes('/v1/fetch', request);
}
