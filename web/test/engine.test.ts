import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Engine } from '../reporter/engine.ts';
import type { Request, Response } from '../reporter/wire.ts';

/** A stand-in for the browser's Worker: answers with what `answering` gives for its address. */
class FakeWorker {
  static started: string[] = [];
  static answering: (address: string, request: Request) => Response | null = () => null;
  onmessage: (event: { data: Response }) => void = () => undefined;
  onerror: (event: { message?: string }) => void = () => undefined;
  #ended = false;

  constructor(readonly address: string) {
    FakeWorker.started.push(address);
  }

  postMessage(request: Request): void {
    queueMicrotask(() => {
      const answer = FakeWorker.answering(this.address, request);
      if (answer !== null && !this.#ended) this.onmessage({ data: answer });
    });
  }

  terminate(): void {
    this.#ended = true;
  }
}

beforeEach(() => {
  FakeWorker.started = [];
  (globalThis as { Worker: unknown }).Worker = FakeWorker;
});

test('with WebAssembly the plain Worker is never loaded', async () => {
  FakeWorker.answering = (_, { id }) => ({ id, ok: { words: ['zoo'] } });
  const engine = new Engine();
  assert.deepEqual(await engine.call('complete', { prefix: 'zoo' }), { words: ['zoo'] });
  assert.deepEqual(FakeWorker.started, ['/worker.js']);
  assert.equal(engine.slow, false);
});

test('without WebAssembly the plain Worker answers all that was asked, and all that follows', async () => {
  FakeWorker.answering = (address, { id }) =>
    address === '/worker.js' ? { id, error: { code: 'no-wasm' } } : { id, ok: { words: [String(id)] } };
  const engine = new Engine();
  const asked = ['a', 'b', 'c'].map((prefix) => engine.call('complete', { prefix }));
  assert.deepEqual(await Promise.all(asked), [{ words: ['1'] }, { words: ['2'] }, { words: ['3'] }]);
  await engine.call('complete', { prefix: 'd' });
  assert.deepEqual(FakeWorker.started, ['/worker.js', '/plain-worker.js']);
  assert.equal(engine.slow, true);
});

test('where neither Worker works that is said, once and for all calls', async () => {
  FakeWorker.answering = (_, { id }) => ({ id, error: { code: 'no-wasm' } });
  const engine = new Engine();
  const asked = ['a', 'b'].map((prefix) => engine.call('complete', { prefix }));
  for (const call of asked) await assert.rejects(call, { code: 'no-wasm' });
  assert.deepEqual(FakeWorker.started, ['/worker.js', '/plain-worker.js']);
});
