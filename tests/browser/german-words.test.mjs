// The 12 words are in the language of the page, and every beginning of four letters is enough.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, file, findsCase, open, readsAfterAWhile, send } from './steps.mjs';

const list = await readFile(new URL('../../crypto-core/words/german.txt', import.meta.url), 'utf8');
const german = new Set(list.trim().split('\n'));

const chromium = withChromium();
const world = withWorld();

test('a German page gives German words, and four letters of each bring one back', async () => {
  const { page, context } = await chromium.visitor({ locale: 'de-AT' });
  const words = await file(page, world, 'Auf Deutsch erzählt.');
  assert.equal(words.filter((word) => german.has(word)).length, 12);
  assert.equal(await page.getAttribute('.words', 'lang'), 'de');
  await findsCase(world, 1, 'Auf Deutsch erzählt.');
  await readsAfterAWhile(page, world, words, 'Auf Deutsch erzählt.');

  await page.goto('about:blank');
  await page.goto(`${world.url}/#return`);
  const fields = page.locator('.word-fields input');
  for (const [at, word] of words.entries()) {
    await fields.nth(at).focus();
    await page.keyboard.type(word.slice(0, 4));
    await page.waitForFunction(
      ([place, whole]) => document.querySelectorAll('.word-fields input')[place].value === whole,
      [at, word],
    );
  }
  await page.click('.page:not([hidden]) button[type=submit]');
  await page.waitForSelector('.letters');
  assert.ok((await page.textContent('main')).includes('Auf Deutsch erzählt.'));
  await context.close();
});

test('the language at the end decides, not that of the first letter typed', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'Begun in English.');
  await page.selectOption('.languages', 'de');
  const words = await send(page);
  assert.equal(words.filter((word) => german.has(word)).length, 12);
  await context.close();
});
