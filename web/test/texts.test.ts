import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import all from 'beistand:texts';
import qqq from '../i18n/qqq.json';
import { text } from '../shared/say.ts';

const holes = (message: string): string => [...new Set(message.match(/\$\d/g) ?? [])].sort().join();

test('every language, and the documentation, has every message of English and no other', () => {
  assert.deepEqual(Object.keys(all.texts).sort(), ['de', 'en', 'fr']);
  // Those are said by the page without JavaScript only, and made into it when it is built.
  const spoken = Object.keys(qqq).filter((key) => key !== '@metadata' && !key.startsWith('plain-'));
  assert.deepEqual(spoken, all.keys);
  for (const [code, messages] of Object.entries(all.texts)) {
    assert.deepEqual(all.keys.filter((_, at) => (messages[at] ?? '') === ''), [], code);
  }
});

test('a translation has the parameters of the original', () => {
  const english = all.texts['en'] ?? [];
  for (const [code, messages] of Object.entries(all.texts)) {
    messages.forEach((message, at) => assert.equal(holes(message ?? ''), holes(english[at] ?? ''), `${code} ${all.keys[at]}`));
  }
});

test('plurals and parameters work', () => {
  assert.equal(text('by-when-text', 1).startsWith('Within one working day.'), true);
  assert.equal(text('by-when-text', 3).startsWith('Within 3 working days.'), true);
});

test('what people typed is never parsed as a message', () => {
  assert.equal(text('name-with-pronouns', '{{PLURAL:1|a|b}}', '$1').includes('{{PLURAL:1|a|b}}'), true);
});
