import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { newestStatus, waitingSince } from '../reporter/views/conversation.ts';

const message = (writer: number, day: number) => ({ writer, day });

test('the clock runs from the first message nobody has answered', () => {
  assert.equal(waitingSince([message(0, 10), message(0, 12)]), 10);
  assert.equal(waitingSince([message(0, 10), message(3, 11), message(0, 12), message(0, 13)]), 12);
  assert.equal(waitingSince([message(0, 10), message(3, 11)]), null);
  assert.equal(waitingSince([]), null);
});

test('what a counselor last said about where it stands holds until they say something else', () => {
  const said = (...all: ('received' | 'waiting-for-you' | null)[]) => newestStatus(all.map((status) => ({ status })));
  assert.equal(said(null, 'received', null), 'received');
  assert.equal(said('received', 'waiting-for-you', null), 'waiting-for-you');
  assert.equal(said(null), null);
});
