import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Engine } from '../reporter/engine.ts';
import { Trouble } from '../reporter/trouble.ts';
import { Visit } from '../reporter/visit.ts';

/** What loading meets, one after another; afterwards all goes well. */
let met: string[] = [];
let loads = 0;

function visit(): { made: Visit; said: string[] } {
  const made = new Visit();
  made.engine.call = (async (op: string) => {
    if (op !== 'open') return {};
    loads += 1;
    const code = met.shift();
    if (code !== undefined) throw new Trouble(code);
    return { sealable: true, view: { epoch_seconds: 1_800 } };
  }) as never;
  const said: string[] = [];
  made.watch(() => said.push(made.standing.is === 'trouble' ? (made.standing.error as Trouble).code : made.standing.is));
  return { made, said };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};
const after = async (milliseconds: number): Promise<void> => {
  mock.timers.tick(milliseconds);
  await settled();
};

beforeEach(() => {
  loads = 0;
  globalThis.fetch = (async () => new Response(new Uint8Array())) as typeof fetch;
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('a visit that could not begin begins by itself, and what is wrong is said once', async () => {
  met = ['unreachable', 'unreachable', 'busy'];
  const { made, said } = visit();
  await made.open();
  await after(5_000);
  await after(15_000);
  assert.deepEqual(said, ['loading', 'unreachable', 'busy']);
  await after(30_000);
  assert.deepEqual(said, ['loading', 'unreachable', 'busy', 'ready']);
  const before = loads;
  await after(10_000);
  assert.equal(loads, before, 'what went well is not tried again');
  made.wipe();
});

test('who tries by hand meanwhile loads nothing twice', async () => {
  met = ['unreachable'];
  const { made } = visit();
  await made.open();
  const byHand = made.open();
  mock.timers.tick(5_000);
  await byHand;
  await settled();
  assert.equal(loads, 2);
  made.wipe();
});

test('a page that was left is not tried again', async () => {
  met = ['unreachable', 'unreachable'];
  const { made } = visit();
  await made.open();
  made.wipe();
  await after(100_000);
  assert.equal(loads, 1);

  const other = visit();
  const opening = other.made.open();
  other.made.wipe();
  await opening;
  await after(100_000);
  assert.equal(loads, 2);
});

test('a Worker whose script does not arrive is a connection that broke, not a browser that forbids it', async () => {
  class Failing {
    onerror: (event: object) => void = () => undefined;
    constructor() {
      queueMicrotask(() => this.onerror({}));
    }
    postMessage(): void {}
    terminate(): void {}
  }
  (globalThis as { Worker: unknown }).Worker = Failing;
  await assert.rejects(new Engine().call('words', { language: 'en' }), { code: 'unreachable' });
});
