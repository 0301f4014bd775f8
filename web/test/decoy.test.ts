import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { decoyDelay } from '../reporter/visit.ts';

test('the decoy leaves at any moment of its window, never at once', () => {
  assert.equal(decoyDelay(0), 20_000);
  assert.equal(decoyDelay(0.5), 85_000);
  assert.ok(decoyDelay(0.999_999) <= 150_000);
});
