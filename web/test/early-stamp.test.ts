import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { EarlyStamp } from '../reporter/early-stamp.ts';
import { Trouble } from '../reporter/trouble.ts';

type Engine = ConstructorParameters<typeof EarlyStamp>[0];

/** A Worker that finds the stamp after some slices, or fails. */
function worker(slices: (boolean | Trouble)[]) {
  const asked: string[] = [];
  const call = async (op: string) => {
    asked.push(op);
    const found = slices.shift() ?? true;
    if (found instanceof Trouble) throw found;
    return { found };
  };
  return { asked, engine: { call } as unknown as Engine };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

test('it looks slice by slice until the stamp is found, and once only', async () => {
  const { asked, engine } = worker([false, false, true]);
  let words = 0;
  const stamp = new EarlyStamp(engine, async () => (words += 1));
  stamp.begin();
  stamp.begin();
  await settled();
  assert.deepEqual(asked, ['early-stamp', 'early-stamp', 'early-stamp']);
  assert.equal(words, 1, 'the words come first: the slot follows from them');
});

test('a failure is nobody’s concern, and the next key tries again', async () => {
  const { asked, engine } = worker([new Trouble('internal'), true]);
  const stamp = new EarlyStamp(engine, async () => undefined);
  stamp.begin();
  await settled();
  stamp.begin();
  await settled();
  assert.equal(asked.length, 2);
});
