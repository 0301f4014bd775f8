import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import en from '../i18n/en.json';
import de from '../i18n/de.json';
import qqq from '../i18n/qqq.json';
import { text } from '../shared/say.ts';

const keys = (messages: object): string[] => Object.keys(messages).filter((key) => key !== '@metadata');
const holes = (message: string): string => [...new Set(message.match(/\$\d/g) ?? [])].sort().join();

test('German and the documentation have exactly the keys of English', () => {
  assert.deepEqual(keys(de), keys(en));
  assert.deepEqual(keys(qqq), keys(en));
});

test('a translation has the parameters of the original', () => {
  const german = de as unknown as Record<string, string>;
  for (const [key, message] of Object.entries(en as unknown as Record<string, string>)) {
    if (key !== '@metadata') assert.equal(holes(german[key] ?? ''), holes(message), key);
  }
});

test('plurals and parameters work', () => {
  assert.equal(text('by-when-text', 1).startsWith('Within one working day.'), true);
  assert.equal(text('by-when-text', 3).startsWith('Within 3 working days.'), true);
});

test('what people typed is never parsed as a message', () => {
  assert.equal(text('name-with-pronouns', '{{PLURAL:1|a|b}}', '$1').includes('{{PLURAL:1|a|b}}'), true);
});
