import { strict as assert } from 'node:assert';
import { beforeEach, mock, test } from 'node:test';
import { Retry } from '../reporter/retry.ts';

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('it tries again after longer and longer pauses, and never gives up', () => {
  let tries = 0;
  const retry = new Retry(() => {
    tries += 1;
    retry.plan();
  });
  retry.plan();
  const after = (milliseconds: number): number => {
    mock.timers.tick(milliseconds);
    return tries;
  };
  assert.equal(after(4_999), 0);
  assert.equal(after(1), 1);
  assert.equal(after(15_000), 2);
  assert.equal(after(30_000), 3);
  for (let more = 4; more < 10; more += 1) assert.equal(after(60_000), more);
});

test('what went well is not tried again', () => {
  let tries = 0;
  const retry = new Retry(() => (tries += 1));
  retry.plan();
  retry.done();
  mock.timers.tick(1_000_000);
  assert.equal(tries, 0);
});
