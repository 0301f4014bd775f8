// The words are all that is needed: a report from one browser, in one language, goes on in another
// browser, in another language, which knows nothing of the first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { comeBack, file, findsCase, readsAfterAWhile, writeBack } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

test('filed in German on one device, read in French on another, answered on a third', async () => {
  const first = await chromium.visitor({ locale: 'de-DE' });
  const words = await file(first.page, world, 'Er hat meine Adresse veröffentlicht.');
  await first.context.close();
  const number = await findsCase(world, 1, 'meine Adresse');
  await world.desk(1).reply(number, 'Danke. Wir lesen es gerade.', 'reading');

  const second = await chromium.visitor({ locale: 'fr-FR' });
  await readsAfterAWhile(second.page, world, words, 'Wir lesen es gerade.');
  const page = await second.page.textContent('main');
  assert.ok(page.includes('Er hat meine Adresse veröffentlicht.'), 'both sides are there');
  assert.ok(page.includes('quelqu’un est en train de lire'), 'the status is in the language of this browser');
  assert.equal(await second.page.getAttribute('html', 'lang'), 'fr');
  await writeBack(second.page, 'Merci.');
  await second.context.close();

  const third = await chromium.visitor();
  await readsAfterAWhile(third.page, world, words, 'Merci.');
  assert.equal((await third.page.$$('.letter')).length, 3);
  assert.match(await third.page.textContent('.conversation .lead'), /^No answer yet\. By /);
  await third.context.close();
});

test('words as people keep them: numbered, with capitals, over several lines', async () => {
  const { page, context } = await chromium.visitor();
  const words = await file(page, world, 'Kept on paper.');
  await findsCase(world, 1, 'Kept on paper.');
  await readsAfterAWhile(page, world, words, 'Kept on paper.');
  const note = words.map((word, at) => `${at + 1}. ${word[0].toUpperCase()}${word.slice(1)}`);
  await comeBack(page, world, [note.join('\n')]);
  await page.waitForSelector('.letters >> text=Kept on paper.');
  await context.close();
});
