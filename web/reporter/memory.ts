// Files pass through the page as Blobs, which the browser keeps elsewhere; only a Worker has their bytes.
// A garbage collector counts a mebibyte as a few bytes and is in no hurry, and memory that went through
// the browser's own hands cannot be given back before it comes by. So the same is used again and again.
import { Trouble } from './trouble.ts';

const kept: ArrayBuffer[] = [];

/** Memory of so many bytes at least. */
function take(size: number): ArrayBuffer {
  const taken = kept.pop();
  return taken !== undefined && taken.byteLength >= size ? taken : new ArrayBuffer(size);
}

/** The bytes of a Blob in `memory`, or in other memory where this browser cannot. */
async function readInto(memory: ArrayBuffer, blob: Blob): Promise<Uint8Array> {
  let reader;
  try {
    reader = new Response(blob).body?.getReader({ mode: 'byob' });
  } catch {
    // As below.
  }
  if (reader === undefined) return new Uint8Array(await blob.arrayBuffer());
  let here = new Uint8Array(memory, 0, 0);
  while (here.length < blob.size) {
    const from = here.length;
    const { value } = await reader.read(new Uint8Array(here.buffer, from, blob.size - from));
    if (value === undefined || value.length === 0) throw new RangeError('there are fewer bytes than there were');
    here = new Uint8Array(value.buffer, 0, from + value.length);
  }
  return here;
}

/** What `work` makes of the bytes of a Blob, which it must not keep; `Trouble(unreadable)` where they are not there. */
export async function reading<T>(blob: Blob, unreadable: string, work: (bytes: Uint8Array) => T): Promise<T> {
  const bytes = await readInto(take(blob.size), blob).catch(() => {
    throw new Trouble(unreadable);
  });
  try {
    return work(bytes);
  } finally {
    kept.push(bytes.buffer as ArrayBuffer);
  }
}

/** A Blob of these bytes, which are gone afterwards. */
export function blobOf(bytes: Uint8Array): Blob {
  const copy = new Uint8Array(take(bytes.length), 0, bytes.length);
  copy.set(bytes);
  // Where a browser knows how. These never were in its own hands.
  (bytes.buffer as { transfer?(length: number): void }).transfer?.(0);
  kept.push(copy.buffer as ArrayBuffer);
  return new Blob([copy]);
}
