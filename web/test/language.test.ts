import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { chooseLanguage } from '../shared/language.ts';

test('the address wins over the browser', () => {
  assert.equal(chooseLanguage('?lang=de', ['en-GB']), 'de');
});

test('a language nobody here speaks falls through to the next preferred one', () => {
  assert.equal(chooseLanguage('?lang=xx', ['fr', 'de-AT', 'en']), 'de');
});

test('English where nothing fits', () => {
  assert.equal(chooseLanguage('', ['fr']), 'en');
  assert.equal(chooseLanguage('', []), 'en');
});
