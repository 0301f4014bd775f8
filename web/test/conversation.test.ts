import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { waitingSince } from '../reporter/views/conversation.ts';

const message = (writer: number, day: number) => ({ writer, day });

test('the clock runs from the first message nobody has answered', () => {
  assert.equal(waitingSince([message(0, 10), message(0, 12)]), 10);
  assert.equal(waitingSince([message(0, 10), message(3, 11), message(0, 12), message(0, 13)]), 12);
  assert.equal(waitingSince([message(0, 10), message(3, 11)]), null);
  assert.equal(waitingSince([]), null);
});
