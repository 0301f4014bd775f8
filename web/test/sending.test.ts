import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Sending } from '../reporter/sending.ts';
import { Trouble } from '../reporter/trouble.ts';
import type { Visit } from '../reporter/visit.ts';

/** A visit whose server answers each put with the next of `answers`. */
function visit(answers: (Uint8Array | Trouble)[], promise: 'right' | 'wrong' = 'right') {
  const put: number[] = [];
  const occupied: number[] = [];
  let begun = 0;
  const fake = {
    async beforePut() {
      begun += 1;
    },
    engine: {
      async call(op: string, args: { envelope: number }) {
        if (op === 'occupied') return { occupied: occupied.push(args.envelope) };
        if (op === 'stamp') return { frame: new Uint8Array([args.envelope]) };
        if (promise === 'wrong') throw new Trouble('promise-refused');
        return { epoch: 1 };
      },
    },
    async coverFetch() {},
    async put(frame: Uint8Array) {
      put.push(frame[0] ?? -1);
      const answer = answers.shift();
      if (answer instanceof Trouble) throw answer;
      return answer ?? new Uint8Array();
    },
  };
  return { visit: fake as unknown as Visit, put, occupied, begun: () => begun };
}

const quiet = (): void => undefined;
const composer = () => {
  let made = 0;
  return { made: () => made, compose: async () => ({ envelope: (made += 1), day: 7 }) };
};

test('a lost answer is followed by the very same bytes', async () => {
  const { visit: place, put, begun } = visit([new Trouble('unreachable'), new Uint8Array()]);
  const sending = new Sending(place);
  const { made, compose } = composer();
  await assert.rejects(sending.send(compose, quiet), { code: 'unreachable' });
  assert.equal(sending.uncertain, true);
  assert.deepEqual(await sending.send(compose, quiet), { envelope: 1, day: 7, epoch: 1 });
  assert.deepEqual(put, [1, 1]);
  assert.equal(made(), 1, 'sealed once only');
  assert.equal(begun(), 1, 'the same visit goes on');
  assert.equal(sending.uncertain, false);
});

test('an occupied place means the next one, by itself', async () => {
  const { visit: place, put, occupied } = visit([new Trouble('occupied'), new Uint8Array()]);
  const { compose } = composer();
  await new Sending(place).send(compose, quiet);
  assert.deepEqual(occupied, [1]);
  assert.deepEqual(put, [1, 2]);
});

test('never more than two places past the last one', async () => {
  const { visit: place } = visit([1, 2, 3, 4].map(() => new Trouble('occupied')));
  const { made, compose } = composer();
  await assert.rejects(new Sending(place).send(compose, quiet), { code: 'waiting' });
  assert.equal(made(), 3);
});

test('a refusal is certain: the text may change and is sealed anew', async () => {
  const { visit: place } = visit([new Trouble('refused'), new Uint8Array()]);
  const sending = new Sending(place);
  const { made, compose } = composer();
  await assert.rejects(sending.send(compose, quiet), { code: 'refused' });
  assert.equal(sending.uncertain, false);
  await sending.send(compose, quiet);
  assert.equal(made(), 2);
});

test('a promise that does not verify is not "sent"', async () => {
  const { visit: place } = visit([new Uint8Array()], 'wrong');
  const sending = new Sending(place);
  await assert.rejects(sending.send(composer().compose, quiet), { code: 'promise-refused' });
  assert.equal(sending.uncertain, true);
});
