import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { addressOf, inOrderFor, textsFor } from '../reporter/views/helplines.ts';

const line = (language: string, name: string) => ({ country: '*', language, name, contact: '1' });

test('helplines in the visitor’s language come first, the rest keep their order', () => {
  const ordered = inOrderFor('de', [line('en', 'a'), line('de-AT', 'b'), line('fr', 'c'), line('de', 'd')]);
  assert.deepEqual(ordered.map((one) => one.name), ['b', 'd', 'a', 'c']);
});

test('contacts become links only where they are a number, a mail address or https', () => {
  assert.equal(addressOf('+49 (0)800 111-0 111'), 'tel:+4908001110111');
  assert.equal(addressOf('112'), 'tel:112');
  assert.equal(addressOf('team@example.org'), 'mailto:team@example.org');
  assert.equal(addressOf('https://example.org/help'), 'https://example.org/help');
  for (const plain of ['javascript:alert(1)', 'http://example.org', 'ask at the door', '1']) assert.equal(addressOf(plain), null, plain);
});

test('texts: own language, else English, else all', () => {
  const texts = [{ language: 'en', text: 'e' }, { language: 'de', text: 'd' }];
  assert.deepEqual(textsFor('de', texts).map((one) => one.text), ['d']);
  assert.deepEqual(textsFor('fr', texts).map((one) => one.text), ['e']);
  assert.deepEqual(textsFor('fr', texts.slice(1)).map((one) => one.text), ['d']);
});
