import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileReceiving } from '../reporter/files/receiving.ts';
import { Trouble } from '../reporter/trouble.ts';

const PARTS = ['ten ', 'byte', 's!'];

/** A visit whose Worker opens three parts; `fates` is how each fetch ends, `last` how the file does. */
function visitOf(fates: (string | null)[], last: string | null = null) {
  let opened = 0;
  const log: string[] = [];
  const engine = {
    async call(op: string): Promise<unknown> {
      switch (op) {
        case 'begin-opening':
          opened = 0;
          log.push('begin');
          return { file: 7 };
        case 'part-request':
          return { request: opened < PARTS.length ? new Uint8Array([opened]) : null };
        case 'open-part':
          return { data: new Blob([PARTS[opened++] ?? '']) };
        case 'finish-opening':
          if (last !== null) throw new Trouble(last);
          return {};
        default:
          log.push(op);
          return {};
      }
    },
  };
  const fetchPart = async (request: Uint8Array): Promise<Blob> => {
    log.push(`fetch ${request[0]}`);
    const fate = fates.shift() ?? null;
    if (fate !== null) throw new Trouble(fate);
    return new Blob();
  };
  return { visit: { engine, fetchPart } as never, log };
}

test('a file is fetched part by part, and told in bytes', async () => {
  const { visit, log } = visitOf([]);
  const receiving = new FileReceiving(visit, 'd', 0);
  const moves: number[] = [];
  const whole = await receiving.receive(() => moves.push(receiving.here));
  assert.equal(await whole.text(), 'ten bytes!');
  assert.equal(whole.type, 'application/octet-stream');
  assert.deepEqual(moves, [4, 8, 10]);
  assert.deepEqual(log, ['begin', 'fetch 0', 'fetch 1', 'fetch 2', 'forget-file']);
});

test('after a lost connection only what is missing is fetched', async () => {
  const { visit, log } = visitOf([null, 'unreachable', 'busy']);
  const receiving = new FileReceiving(visit, 'd', 0);
  for (let tries = 0; tries < 2; tries += 1) {
    await assert.rejects(receiving.receive(() => undefined), Trouble);
    assert.deepEqual([receiving.interrupted, receiving.here], [true, 4]);
  }
  assert.equal(await (await receiving.receive(() => undefined)).text(), 'ten bytes!');
  assert.deepEqual(log, ['begin', 'fetch 0', 'fetch 1', 'fetch 1', 'fetch 1', 'fetch 2', 'forget-file']);
});

test('what is wrong with the file ends it, and nothing of it is kept', async () => {
  const { visit, log } = visitOf([], 'file-other');
  const receiving = new FileReceiving(visit, 'd', 0);
  await assert.rejects(
    receiving.receive(() => undefined),
    { code: 'file-other' },
  );
  assert.deepEqual([receiving.interrupted, receiving.here, log.at(-1)], [false, 0, 'forget-file']);
});

test('stopping ends it for good', async () => {
  const { visit, log } = visitOf([]);
  const receiving = new FileReceiving(visit, 'd', 0);
  await assert.rejects(
    receiving.receive(() => receiving.stop()),
    { code: 'files-stopped' },
  );
  assert.deepEqual([receiving.interrupted, receiving.here], [false, 0]);
  assert.ok(!log.includes('fetch 1'), 'nothing more is fetched');
});
