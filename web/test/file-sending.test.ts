import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileSending } from '../reporter/files/sending.ts';
import { Trouble } from '../reporter/trouble.ts';

const SLICE = 4;
const TEXT = 'ten bytes!';

/** A visit whose Worker cuts into slices of four bytes; `fates` is how each put ends. */
function visitOf(fates: (string | null)[]) {
  let sealed = 0;
  const log: string[] = [];
  const engine = {
    async call(op: string, args: Record<string, unknown>): Promise<unknown> {
      switch (op) {
        case 'begin-file':
          return { file: 7 };
        case 'file-wants': {
          const from = sealed * SLICE;
          return { slice: from >= TEXT.length ? null : { from, until: Math.min(from + SLICE, TEXT.length) } };
        }
        case 'compose-part':
          sealed += 1;
          log.push(`seal ${await (args['data'] as Blob).text()}`);
          return { envelope: sealed, day: 1 };
        case 'stamp':
          return { frame: new Uint8Array([sealed]) };
        case 'finish-file':
          log.push(`finish ${JSON.stringify(args['about'])}`);
          return {};
        case 'forget-file':
          sealed = 0;
          log.push('forget');
          return {};
        default:
          return {};
      }
    },
  };
  const putPart = async (frame: Uint8Array): Promise<Uint8Array> => {
    log.push(`put ${frame[0]}`);
    const fate = fates.shift() ?? null;
    if (fate !== null) throw new Trouble(fate);
    return frame;
  };
  return { visit: { engine, putPart } as never, log };
}

const what = { name: 'a.txt', type: 'text/plain', bytes: new Blob([TEXT]), kept_original: true, removed: [] };
const FINISH = 'finish {"name":"a.txt","type":"text/plain","kept_original":true,"removed":[]}';

test('a file is sealed and put slice by slice, never two at once', async () => {
  const { visit, log } = visitOf([]);
  const moves: number[] = [];
  const sending = new FileSending(visit, false, what);
  assert.equal(await sending.send(() => moves.push(sending.sent)), 7);
  assert.deepEqual(log, ['seal ten ', 'put 1', 'seal byte', 'put 2', 'seal s!', 'put 3', FINISH]);
  assert.deepEqual(moves, [4, 8, 10]);
});

test('a part whose fate is unknown is put again, not sealed again', async () => {
  const { visit, log } = visitOf([null, 'unreachable', 'busy']);
  const sending = new FileSending(visit, true, what);
  for (let tries = 0; tries < 2; tries += 1) {
    await assert.rejects(sending.send(() => undefined), Trouble);
    assert.equal(sending.interrupted, true);
  }
  await sending.send(() => undefined);
  assert.equal(sending.interrupted, false);
  assert.deepEqual(log, ['seal ten ', 'put 1', 'seal byte', 'put 2', 'put 2', 'put 2', 'seal s!', 'put 3', FINISH]);
});

test('a part that is refused makes the file begin anew, so that no part is left out', async () => {
  const { visit, log } = visitOf([null, 'refused']);
  const sending = new FileSending(visit, false, what);
  await assert.rejects(sending.send(() => undefined), { code: 'refused' });
  assert.deepEqual([sending.interrupted, sending.sent], [false, 0]);
  await sending.send(() => undefined);
  const again = log.slice(log.indexOf('forget') + 1);
  assert.deepEqual(again, ['seal ten ', 'put 1', 'seal byte', 'put 2', 'seal s!', 'put 3', FINISH]);
});

test('a file sent once is not sent again with a letter that failed', async () => {
  const { visit, log } = visitOf([]);
  const sending = new FileSending(visit, false, what);
  await sending.send(() => undefined);
  const before = log.length;
  assert.equal(await sending.send(() => undefined), 7);
  assert.equal(log.length, before);
});

test('stopping ends it after the part that is on its way', async () => {
  const { visit, log } = visitOf([]);
  const sending = new FileSending(visit, false, what);
  await assert.rejects(
    sending.send(() => sending.stop()),
    { code: 'files-stopped' },
  );
  assert.deepEqual(log.filter((line) => line !== 'forget'), ['seal ten ', 'put 1']);
});

test('a file that the Worker cannot read any more begins anew', async () => {
  const { visit, log } = visitOf([]);
  const { engine } = visit as { engine: { call(op: string, args: object): Promise<unknown> } };
  const call = engine.call.bind(engine);
  engine.call = async (op, args) => {
    if (op === 'compose-part') throw new Trouble('file-unreadable');
    return call(op, args);
  };
  const sending = new FileSending(visit, false, what);
  await assert.rejects(
    sending.send(() => undefined),
    { code: 'file-unreadable' },
  );
  assert.deepEqual([sending.interrupted, log], [false, ['forget']]);
});

test('pausing ends the put at once, and the very same part goes first when it goes on', async () => {
  const { visit, log } = visitOf([null]);
  const whole = (visit as { putPart(frame: Uint8Array): Promise<Uint8Array> }).putPart;
  let hangs = true;
  const sending: FileSending = new FileSending(
    {
      ...(visit as object),
      putPart: (frame: Uint8Array, stop: AbortSignal) =>
        frame[0] !== 2 || !hangs
          ? whole(frame)
          : new Promise((_, reject) => {
              log.push('put 2 hangs');
              stop.addEventListener('abort', () => reject(new Trouble('unreachable')));
              queueMicrotask(() => sending.pause());
            }),
    } as never,
    false,
    what,
  );
  await assert.rejects(
    sending.send(() => undefined),
    { code: 'files-paused' },
  );
  assert.deepEqual([sending.interrupted, sending.sent], [false, 4], 'nothing goes on by itself');
  hangs = false;
  await sending.send(() => undefined);
  assert.deepEqual(log, ['seal ten ', 'put 1', 'seal byte', 'put 2 hangs', 'put 2', 'seal s!', 'put 3', FINISH]);
});

test('a file that was taken away does not go with a letter, even where all of it has arrived', async () => {
  const { visit } = visitOf([]);
  const sending = new FileSending(visit, false, what);
  await sending.send(() => undefined);
  sending.stop();
  await assert.rejects(
    sending.send(() => undefined),
    { code: 'files-stopped' },
  );
});
