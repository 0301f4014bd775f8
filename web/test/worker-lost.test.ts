import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Engine } from '../reporter/engine.ts';
import { Sending } from '../reporter/sending.ts';
import { Trouble } from '../reporter/trouble.ts';
import { Visit } from '../reporter/visit.ts';
import type { Request, Response as Answer } from '../reporter/wire.ts';

/** A stand-in for the browser's Worker, which holds a lock and can end without a word. */
class FakeWorker {
  static all: FakeWorker[] = [];
  onmessage: (event: { data: Answer }) => void = () => undefined;
  onerror: (event: { message?: string }) => void = () => undefined;
  readonly asked: string[] = [];

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(request: Request): void {
    this.asked.push(request.op);
    if (request.op === 'complete') return;
    queueMicrotask(() => this.onmessage({ data: { id: request.id, ok: { sealable: true, view: { epoch_seconds: 1 } } } }));
  }

  terminate(): void {}

  live(): void {
    this.onmessage({ data: { lifeline: `lock ${FakeWorker.all.indexOf(this)}` } });
  }
}

// A request is given up after a minute, for which nobody here should wait.
const start = globalThis.setTimeout;
globalThis.setTimeout = ((run: () => void, pause = 0) => {
  const timer = start(run, pause);
  if (pause >= 60_000) timer.unref();
  return timer;
}) as typeof setTimeout;

/** Who waits for which lock. */
let waiting: Map<string, () => void>;
const fall = (worker: number): void => waiting.get(`lock ${worker}`)?.();

beforeEach(() => {
  FakeWorker.all = [];
  waiting = new Map();
  const request = (name: string, { signal }: { signal: AbortSignal }, react: () => void): Promise<void> => {
    signal.addEventListener('abort', () => waiting.delete(name));
    waiting.set(name, react);
    return Promise.resolve();
  };
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks: { request } } });
  (globalThis as { Worker: unknown }).Worker = FakeWorker;
});

test('what a lost Worker was asked is not answered, and no other one is asked before it is revived', async () => {
  const engine = new Engine();
  let lost = 0;
  engine.lost = () => (lost += 1);
  const asked = engine.call('complete', { prefix: 'zoo' });
  FakeWorker.all[0]?.live();
  fall(0);
  await assert.rejects(asked, { code: 'worker-gone' });
  await assert.rejects(engine.call('wipe', {}), { code: 'worker-gone' });
  assert.deepEqual([lost, FakeWorker.all.length], [1, 1]);
  engine.revive();
  await engine.call('wipe', {});
  assert.equal(FakeWorker.all.length, 2);
});

test('a Worker that broke off is as good as lost', async () => {
  const engine = new Engine();
  const asked = engine.call('complete', { prefix: 'zoo' });
  FakeWorker.all[0]?.onmessage({ data: { id: 1, error: { code: 'worker-gone' } } });
  await assert.rejects(asked, { code: 'worker-gone' });
});

test('a Worker that never began is a browser that forbids it; one that was ended on purpose is not lost', async () => {
  const engine = new Engine();
  engine.lost = () => assert.fail('nothing was lost');
  const asked = engine.call('complete', { prefix: 'zoo' });
  FakeWorker.all[0]?.onerror({ message: 'refused' });
  await assert.rejects(asked, { code: 'browser-refused' });
  engine.warm();
  FakeWorker.all[1]?.live();
  engine.kill();
  fall(1);
});

/** A visit with a Worker that lives, and a server that answers when it is told to. */
async function visit(): Promise<{ made: Visit; answer: () => void; loads: () => number }> {
  let loads = 0;
  let answer = (): void => undefined;
  globalThis.fetch = ((address: string) => {
    if (address === '/v1/state') loads += 1;
    if (address !== '/v1/envelopes') return Promise.resolve(new Response(new Uint8Array()));
    return new Promise((resolve) => (answer = () => resolve(new Response(new Uint8Array()))));
  }) as typeof fetch;
  const made = new Visit();
  await made.open();
  FakeWorker.all[0]?.live();
  return { made, answer: () => answer(), loads: () => loads };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((later) => setTimeout(later));
};

test('another Worker takes over when nothing is under way any more, and begins a visit anew', async () => {
  const { made, answer, loads } = await visit();
  let told = 0;
  made.watchLoss(() => (told += 1));
  const put = made.put(new Uint8Array());
  fall(0);
  await turns();
  assert.deepEqual([told, FakeWorker.all.length], [1, 1], 'it waits for the answer that is under way');
  answer();
  await put;
  await turns();
  assert.deepEqual([FakeWorker.all.length, loads(), made.standing.is], [2, 2, 'ready']);
  assert.deepEqual(FakeWorker.all[1]?.asked, ['open']);
  made.wipe();
});

test('a request that follows from the answer to one that was under way is waited for as well', async () => {
  const { made, answer } = await visit();
  const puts = made.put(new Uint8Array()).then(() => made.put(new Uint8Array()));
  fall(0);
  answer();
  await turns();
  assert.equal(FakeWorker.all.length, 1, 'the second one is under way');
  answer();
  await puts;
  await turns();
  assert.equal(FakeWorker.all.length, 2);
  made.wipe();
});

test('where every Worker ends, a person is asked to try', async () => {
  const { made } = await visit();
  for (let worker = 0; worker < 4; worker += 1) {
    assert.equal(made.standing.is, 'ready');
    FakeWorker.all[worker]?.live();
    fall(worker);
    await turns();
  }
  assert.equal(FakeWorker.all.length, 4);
  assert.throws(() => made.ready(), { code: 'worker-gone' });
  await made.open();
  assert.equal(made.standing.is, 'ready', 'and trying works');
  made.wipe();
});

test('what had set out before may arrive twice, and this is said; the new letter is sealed anew', async () => {
  const composed: number[] = [];
  let failing = 'verify-promise';
  const fake = {
    async beforePut() {},
    async coverFetch() {},
    async put() {
      return new Uint8Array();
    },
    engine: {
      async call(op: string) {
        if (op === failing) {
          failing = '';
          throw new Trouble('worker-gone');
        }
        return op === 'stamp' ? { frame: new Uint8Array() } : { epoch: 1 };
      },
    },
  };
  const sending = new Sending(fake as unknown as Visit);
  const compose = async () => ({ envelope: composed.push(composed.length), day: 7 });
  await assert.rejects(sending.send(compose, () => undefined), { code: 'worker-gone-sent' });
  await sending.send(compose, () => undefined);
  assert.equal(composed.length, 2);
});
