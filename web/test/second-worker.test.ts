// A second Worker hashes a file beside the one that seals it, where there is one.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Engine } from '../reporter/engine.ts';
import { FileSending } from '../reporter/files/sending.ts';
import { Trouble } from '../reporter/trouble.ts';
import type { Request } from '../reporter/wire.ts';

const SLICE = 2 << 20;
const LARGE = 3 * SLICE;
const SHA256 = new Uint8Array(32).fill(9);

type Args = Record<string, unknown>;

/** A visit whose Workers cut into slices of two mebibytes; the second one ends with its call number `lostAt`. */
function visitOf(lostAt: number | null = null) {
  let sealed = 0;
  let size = 0;
  let hashings = 0;
  const log: string[] = [];
  const second = {
    async call(op: string): Promise<unknown> {
      hashings += 1;
      if (lostAt !== null && hashings >= lostAt) throw new Trouble('worker-gone');
      log.push(op);
      return op === 'digest' ? { sha256: SHA256 } : {};
    },
  };
  const engine = {
    second,
    async call(op: string, args: Args): Promise<unknown> {
      switch (op) {
        case 'begin-file':
          size = args['size'] as number;
          sealed = 0;
          log.push(`begin ${args['hashed'] ? 'hashed' : 'alone'}`);
          return { file: 7 };
        case 'file-wants': {
          const from = sealed * SLICE;
          return { slice: from >= size ? null : { from, until: Math.min(from + SLICE, size) } };
        }
        case 'compose-part':
          sealed += 1;
          log.push('seal');
          return { envelope: sealed, day: 1 };
        case 'stamp':
          return { frame: new Uint8Array([sealed]) };
        case 'finish-file':
          log.push(args['sha256'] === null ? 'finish' : `finish with ${(args['sha256'] as Uint8Array)[0]}`);
          return {};
        default:
          return {};
      }
    },
  };
  return { visit: { engine, putPart: async (frame: Uint8Array) => frame } as never, log };
}

const what = (size: number) => ({ name: 'a', type: '', bytes: new Blob([new Uint8Array(size)]), kept_original: true, removed: [] });

test('it gets the slices that are sealed, and its digest goes into the letter', async () => {
  const { visit, log } = visitOf();
  await new FileSending(visit, false, what(LARGE)).send(() => undefined);
  const slice = ['hash-slice', 'seal'];
  assert.deepEqual(log, ['begin hashed', ...slice, ...slice, ...slice, 'digest', 'finish with 9']);
});

test('a small file is sealed before it would have begun', async () => {
  const { visit, log } = visitOf();
  await new FileSending(visit, false, what(SLICE)).send(() => undefined);
  assert.deepEqual(log, ['begin alone', 'seal', 'finish']);
});

// Its first slice, one in the middle, and the digest itself.
for (const lostAt of [1, 3, 4]) {
  test(`where it is lost with call ${lostAt}, the file begins anew with one Worker`, async () => {
    const { visit, log } = visitOf(lostAt);
    const sending = new FileSending(visit, false, what(LARGE));
    assert.equal(await sending.send(() => undefined), 7);
    assert.deepEqual(log.slice(log.indexOf('begin alone')), ['begin alone', 'seal', 'seal', 'seal', 'finish']);
    assert.equal(sending.sent, LARGE);
  });
}

/** A stand-in for the browser's Worker: says what it is told, and answers it. */
class FakeWorker {
  static all: FakeWorker[] = [];
  readonly told: unknown[] = [];
  ended = false;
  onmessage: (event: { data: unknown }) => void = () => undefined;
  onerror: (event: { message?: string }) => void = () => undefined;

  constructor(
    readonly address: string,
    readonly options: { name?: string },
  ) {
    FakeWorker.all.push(this);
  }

  postMessage(message: Request | { program: unknown }): void {
    this.told.push('op' in message ? message.op : message);
    if (!('op' in message)) return;
    queueMicrotask(() => this.onmessage({ data: { id: message.id, ok: {} } }));
  }

  terminate(): void {
    this.ended = true;
  }
}

const PROGRAM = 'a compiled program';

/** An engine whose Worker has shown its program. */
async function engineWith(cores: number): Promise<Engine> {
  Object.defineProperty(globalThis, 'navigator', { value: { hardwareConcurrency: cores }, configurable: true });
  const engine = new Engine();
  await engine.call('wipe', {});
  FakeWorker.all[0]?.onmessage({ data: { program: PROGRAM } });
  return engine;
}

beforeEach(() => {
  FakeWorker.all = [];
  (globalThis as { Worker: unknown }).Worker = FakeWorker;
});

test('it is told the program first, and what it is by its name', async () => {
  const engine = await engineWith(2);
  await engine.second?.call('digest', { file: 1 });
  assert.equal(engine.second, engine.second);
  const [first, second] = FakeWorker.all;
  assert.deepEqual(second?.told, [{ program: PROGRAM }, 'digest']);
  assert.deepEqual([first?.options.name, second?.options.name], [undefined, 'second']);
});

test('there is none with one processor, nor before the program is known', async () => {
  assert.equal((await engineWith(1)).second, null);
  assert.equal(new Engine().second, null);
});

test('once it was lost there is none any more', async () => {
  const engine = await engineWith(2);
  const second = engine.second;
  await second?.call('digest', { file: 1 });
  FakeWorker.all[1]?.onerror({ message: 'refused' });
  assert.equal(engine.second, null);
});

test('it ends with the first one, whether that is wiped or lost', async () => {
  for (const end of [(engine: Engine) => engine.kill(), () => FakeWorker.all[0]?.onerror({ message: 'refused' })]) {
    FakeWorker.all = [];
    const engine = await engineWith(2);
    await engine.second?.call('digest', { file: 1 });
    end(engine);
    assert.ok(FakeWorker.all[1]?.ended);
    assert.equal(engine.second, null);
  }
});
