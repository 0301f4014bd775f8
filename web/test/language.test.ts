import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { LANGUAGES, chooseLanguage, directionOf } from '../shared/language.ts';

test('the address wins over the browser', () => {
  assert.equal(chooseLanguage('?lang=de', ['en-GB']), 'de');
});

test('a language nobody here speaks falls through to the next preferred one', () => {
  assert.equal(chooseLanguage('?lang=xx', ['tlh', 'de-AT', 'en']), 'de');
});

test('English where nothing fits', () => {
  assert.equal(chooseLanguage('', ['tlh']), 'en');
  assert.equal(chooseLanguage('', []), 'en');
});

test('what an object has of its own is no language', () => {
  for (const odd of ['constructor', '__proto__', 'toString']) assert.equal(chooseLanguage(`?lang=${odd}`, []), 'en');
});

test('languages call themselves by their own names', () => {
  assert.deepEqual(LANGUAGES.map((one) => one.name), ['Deutsch', 'English', 'Français']);
});

test('the script of a language says where a line begins', () => {
  assert.deepEqual(['de', 'ar', 'ar-EG', 'he', 'ur'].map(directionOf), ['ltr', 'rtl', 'rtl', 'rtl', 'rtl']);
});
