import { strict as assert } from 'node:assert';
import { beforeEach, mock, test } from 'node:test';
import { Visit } from '../reporter/visit.ts';

const LOAD = 'load';
const EPOCH = 1e9;
let line: string[] = [];

/** A visit whose line is `line`: one word a load, the path of everything else. */
async function visit() {
  line = [];
  globalThis.fetch = (async (address: string) => {
    if (address === '/v1/state') line.push(LOAD);
    else if (!/^\/(instance|v1\/(rosters|prekeys|index))/.test(address)) line.push(address);
    return new Response(new Uint8Array());
  }) as typeof fetch;
  const made = new Visit();
  const answers: Record<string, unknown> = {
    open: { sealable: true, view: { epoch_seconds: 1_800 } },
    'cover-fetch': { request: new Uint8Array() },
    'compose-decoy': { envelope: 1, day: 1 },
    stamp: { frame: new Uint8Array() },
    'verify-promise': { epoch: EPOCH },
    record: { record: 'not-yet' },
  };
  made.engine.call = (async (op: string) => answers[op]) as never;
  await made.open();
  return made;
}

/** What a person's report or answer does. */
async function send(made: Visit): Promise<void> {
  await made.beforePut();
  await made.coverFetch();
  await made.put(new Uint8Array());
}

/** Lets everything that is under way come to its end. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

const ONE = [LOAD, '/v1/fetch', '/v1/envelopes'];

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('a report and a look are the same on the line', async () => {
  const reporting = await visit();
  await send(reporting);
  assert.deepEqual(line, ONE);
  mock.timers.tick(300_000);
  await settled();
  assert.deepEqual(line, ONE, 'no decoy after a report');

  await visit();
  mock.timers.tick(150_001);
  await settled();
  assert.deepEqual(line, ONE);
});

test('while somebody writes the decoy waits, and what they send is the put', async () => {
  const made = await visit();
  made.isWriting = () => true;
  mock.timers.tick(1_000_000);
  await settled();
  assert.deepEqual(line, [LOAD]);
  await send(made);
  assert.deepEqual(line, ONE);
});

test('who gives up writing leaves a decoy after all', async () => {
  const made = await visit();
  made.isWriting = () => true;
  mock.timers.tick(200_000);
  made.isWriting = () => false;
  mock.timers.tick(300_001);
  await settled();
  assert.deepEqual(line, ONE);
});

test('what is sent after the decoy is a visit of its own', async () => {
  const made = await visit();
  mock.timers.tick(150_001);
  await settled();
  await send(made);
  assert.deepEqual(line, [...ONE, ...ONE]);
});

test('looking again is a visit of its own, with a put of its own', async () => {
  const made = await visit();
  const look = async () => {
    await made.beforeLook();
    await made.fetch(new Uint8Array());
  };
  await look();
  mock.timers.tick(150_001);
  await settled();
  assert.deepEqual(line, ONE);
  await look();
  mock.timers.tick(150_001);
  await settled();
  assert.deepEqual(line, [...ONE, ...ONE]);
});

test('a visit that is over sends nothing more', async () => {
  const made = await visit();
  made.wipe();
  mock.timers.tick(1_000_000);
  await settled();
  assert.deepEqual(line, [LOAD]);
});
