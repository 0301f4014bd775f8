import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blobOf, reading } from '../reporter/memory.ts';

const bytesOf = (...bytes: number[]) => new Uint8Array(bytes);
const blob = (...bytes: number[]) => new Blob([bytesOf(...bytes)]);
const seen = (bytes: Uint8Array) => [...bytes];

test('whatever was in the memory before, the bytes are those of the Blob', async () => {
  for (const size of [5, 3, 0, 70_000, 4]) {
    const bytes = Array.from({ length: size }, (_, place) => (place * 7 + size) % 256);
    assert.deepEqual(await reading(new Blob([new Uint8Array(bytes)]), 'lost', seen), bytes);
  }
});

test('the same memory is used again', async () => {
  const memory = (size: number) =>
    reading(new Blob([new Uint8Array(size)]), 'lost', (bytes) => {
      const mark = bytes[0];
      new Uint8Array(bytes.buffer).fill(9);
      return [mark, new Uint8Array(bytes.buffer).length];
    });
  await memory(1_000);
  const first = await memory(10);
  assert.deepEqual(first, [0, Math.max(first[1] ?? 0, 1_000)], 'as much as was needed before, and what is in it is read anew');
});

test('a Blob made of what is read has memory of its own, and each the same as before', async () => {
  const used = new Set<ArrayBufferLike>();
  const Real = globalThis.Blob;
  class Seen extends Real {
    constructor(parts: Uint8Array[]) {
      super(parts as BlobPart[]);
      for (const { buffer } of parts) used.add(buffer);
    }
  }
  const source = blob(...Array(100).keys());
  globalThis.Blob = Seen as typeof Blob;
  try {
    for (let part = 0; part < 5; part += 1) {
      const made = await reading(source, 'lost', (bytes) => [blobOf(bytesOf(part, 7)), [...bytes]] as const);
      assert.deepEqual([...new Uint8Array(await made[0].arrayBuffer())], [part, 7]);
      assert.deepEqual(made[1], [...Array(100).keys()]);
    }
  } finally {
    globalThis.Blob = Real;
  }
  assert.ok(used.size <= 2, `${used.size} memories for five Blobs`);
});

test('two that read at the same time do not get into each other', async () => {
  const both = await Promise.all([reading(blob(1, 2, 3), 'lost', seen), reading(blob(4, 5, 6), 'lost', seen)]);
  assert.deepEqual(both, [[1, 2, 3], [4, 5, 6]]);
});

test('a Blob of bytes has them, and the next one has others', async () => {
  const [one, other] = [blobOf(bytesOf(1, 2, 3)), blobOf(bytesOf(4, 5))];
  assert.deepEqual([...new Uint8Array(await one.arrayBuffer())], [1, 2, 3]);
  assert.deepEqual([...new Uint8Array(await other.arrayBuffer())], [4, 5]);
});

test('where the browser cannot read into memory, it is read all the same', async () => {
  const Real = globalThis.Response;
  (globalThis as { Response: unknown }).Response = class {
    get body() {
      return {
        getReader() {
          throw new TypeError('no such mode');
        },
      };
    }
  };
  try {
    assert.deepEqual(await reading(blob(1, 2, 3), 'lost', seen), [1, 2, 3]);
  } finally {
    globalThis.Response = Real;
  }
});

test('what is not there any more is named; what the work says is not taken for that', async () => {
  const gone = Object.assign(blob(1), { arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')), stream: () => new ReadableStream({ type: 'bytes', start: (it) => it.error(new DOMException('')) }) });
  await assert.rejects(reading(gone, 'file-unreadable', seen), { code: 'file-unreadable' });
  const work = () => {
    throw new TypeError('of the work');
  };
  await assert.rejects(reading(blob(1), 'file-unreadable', work), TypeError);
  assert.deepEqual(await reading(blob(7), 'lost', seen), [7], 'and the next one is read');
});
