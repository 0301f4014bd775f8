import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Sending } from '../reporter/sending.ts';
import { Trouble } from '../reporter/trouble.ts';
import type { Visit } from '../reporter/visit.ts';

/** A server whose price rises as `prices` say, and a Worker whose frames are as good as demanded. */
function visit(prices: number[]) {
  const put: number[] = [];
  let worth = 8;
  const fake = {
    async beforePut() {},
    async coverFetch() {},
    engine: {
      async call(op: string, args: { bits?: number }) {
        if (op === 'demand') worth = args.bits ?? 0;
        if (op === 'stamp') return { frame: new Uint8Array([worth]) };
        return { epoch: 1 };
      },
    },
    async put(frame: Uint8Array) {
      put.push(frame[0] ?? 0);
      const price = prices.shift() ?? 0;
      if ((frame[0] ?? 0) < price) throw new Trouble('weak-stamp', undefined, price);
      return new Uint8Array();
    },
  };
  return { visit: fake as unknown as Visit, put };
}

const compose = async () => ({ envelope: 1, day: 7 });
const quiet = (): void => undefined;

test('what has become dearer meanwhile is paid, without asking anybody', async () => {
  const { visit: place, put } = visit([10, 12, 12]);
  await new Sending(place).send(compose, quiet);
  assert.deepEqual(put, [8, 10, 12]);
});

test('a price that never stops rising is told, and the text may change', async () => {
  const { visit: place } = visit([9, 10, 11, 12, 13, 14]);
  const sending = new Sending(place);
  await assert.rejects(sending.send(compose, quiet), { code: 'weak-stamp' });
  assert.equal(sending.uncertain, false);
});
