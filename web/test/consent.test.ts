import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { withAnswer } from '../reporter/views/consent.ts';
import type { MessageView } from '../reporter/wire.ts';

const asks = (digest: string): MessageView => ({
  ...{ digest, attachments: [], writer: 1, serial: 1, name: 'Ada', kind: 'reply', day: 3, text: '', status: null, consent_to: null },
  continuity: 'begins',
  consent: { to: 'the lawyer', items: [{ what: 'a', answer: null }, { what: 'b', answer: null }], answered: null },
});

test('an answer belongs to its request and to no other', () => {
  const [one, other] = withAnswer([asks('aa'), asks('bb')], { request: 'bb', items: ['yes', 'no'] }, 7);
  assert.equal(one?.consent?.answered, null);
  assert.equal(other?.consent?.answered, 7);
  assert.deepEqual(other?.consent?.items.map((item) => item.answer), ['yes', 'no']);
});

test('what was not answered is a no', () => {
  const [message] = withAnswer([asks('aa')], { request: 'aa', items: ['yes'] }, 7);
  assert.deepEqual(message?.consent?.items.map((item) => item.answer), ['yes', 'no']);
});
