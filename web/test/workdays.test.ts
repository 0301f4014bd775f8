import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { workingDaysAfter } from '../reporter/workdays.ts';

const day = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 86_400_000;

test('working days jump over the weekend', () => {
  assert.equal(workingDaysAfter(day('2026-11-19'), 3), day('2026-11-24'), 'Thursday + 3 is Tuesday');
  assert.equal(workingDaysAfter(day('2026-11-21'), 1), day('2026-11-23'), 'Saturday + 1 is Monday');
  assert.equal(workingDaysAfter(day('2026-11-16'), 0), day('2026-11-16'));
});
