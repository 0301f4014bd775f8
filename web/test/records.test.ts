import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Records, waitFor } from '../reporter/records.ts';
import type { RecordState } from '../reporter/wire.ts';

test('nobody looks before the epoch has closed, and not all in one moment', () => {
  // Epoch 10 of 1,800 seconds ends at 19,800.
  assert.equal(waitFor(10, 1_800, 18_000_000, 0, 0), 1_801_000);
  assert.equal(waitFor(10, 1_800, 18_000_000, 0.5, 0), 1_831_000);
  assert.ok(waitFor(10, 1_800, 30_000_000, 0, 0) > 0);
});

test('looking again waits longer each time', () => {
  const waits = [0, 1, 2, 3].map((looks) => waitFor(0, 1_800, 9_000_000, 0, looks));
  assert.deepEqual(waits, [1_000, 181_000, 361_000, 541_000]);
});

test('it is told once, when it is known', async () => {
  const answers: RecordState[] = ['not-yet', 'recorded', 'missing'];
  const told: string[] = [];
  const records = new Records({
    reload: async () => undefined,
    ask: async () => answers.shift() ?? 'missing',
    random: () => 0,
  });
  records.expect(1, 1e12, 1, (record) => told.push(record));
  for (let check = 0; check < 3; check += 1) await records.check();
  records.forget();
  assert.deepEqual(told, ['recorded']);
});

test('a broken promise is told', async () => {
  const told: string[] = [];
  const records = new Records({ reload: async () => undefined, ask: async () => 'missing', random: () => 0 });
  records.expect(1, 1e12, 1, (record) => told.push(record));
  await records.check();
  records.forget();
  assert.deepEqual(told, ['missing']);
});
