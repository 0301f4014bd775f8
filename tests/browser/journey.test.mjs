// A report travels from a browser to a counselor, and the answer travels back: the real
// server, the real programs, a real Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { startWorld, until } from './world.mjs';

const chromium = withChromium();
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** Files a report as a person does and gives the 12 words. */
async function file(page, text, unticked = []) {
  await page.goto(world.url);
  await page.waitForSelector('.readers');
  await page.fill('textarea >> nth=0', text);
  for (const name of unticked) await page.click(`.readers label:has-text("${name}")`);
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('.words');
  return page.$$eval('.words__word', (words) => words.map((word) => word.textContent));
}

/** Comes back with the words. */
async function comeBack(page, words) {
  await page.goto('about:blank');
  await page.goto(`${world.url}/#return`);
  await page.waitForSelector('.page:not([hidden]) .word-fields');
  await page.fill('.word-fields input >> nth=0', words.join(' '));
  await page.click('.page:not([hidden]) button[type=submit]');
}

/** Comes back until the page shows `text`: an answer appears when its epoch has closed. */
function readsAfterAWhile(page, words, text) {
  return until(async () => {
    await comeBack(page, words);
    await page.waitForSelector('.letters, .empty:not([hidden])');
    return (await page.textContent('main')).includes(text);
  }, `the page to show ${JSON.stringify(text)}`);
}

/** A desk that has synced the case whose newest text is `text`, and its number. */
function findsCase(serial, text) {
  const desk = world.desk(serial);
  return until(() => {
    desk.sync();
    return desk.cases().find(({ case: number }) => JSON.stringify(desk.show(number)).includes(text))?.case;
  }, `desk ${serial} to see ${JSON.stringify(text)}`);
}

test('a report, an answer, and a follow-up in one conversation', async () => {
  const { page, context, complaints } = await chromium.visitor();
  const words = await file(page, 'They follow all my edits.');
  assert.equal(words.length, 12);
  assert.ok((await page.textContent('main')).includes('we have checked its signature'));

  // The two words that are asked back.
  const asked = await page.$$eval('.check label', (labels) => labels.map((label) => Number(label.textContent.match(/\d+/)[0])));
  for (const [place, number] of asked.entries()) await page.fill(`.check input >> nth=${place}`, words[number - 1]);
  await page.click('.check button');
  await page.waitForSelector('text=You have what you need to come back.');

  const number = await findsCase(1, 'They follow all my edits.');
  await world.desk(1).reply(number, 'Thank you for telling us.', 'waiting-for-you');
  await readsAfterAWhile(page, words, 'Thank you for telling us.');
  assert.ok((await page.textContent('.letters')).includes('Ada Beispiel (she/her)'));
  assert.ok((await page.textContent('.letters')).includes('we wait to hear from you'));

  await page.fill('.conversation textarea', 'And now they wrote to my employer.');
  await page.click('.conversation button[type=submit]');
  await page.waitForSelector('.conversation .notice--good');
  assert.equal(await findsCase(2, 'And now they wrote to my employer.'), await findsCase(2, 'They follow all my edits.'));
  assert.deepEqual(complaints, [], 'nothing broke the strict policy');
  assert.deepEqual(await context.storageState(), { cookies: [], origins: [] });
  await context.close();
});

test('the same in German', async () => {
  const { page, context } = await chromium.visitor({ locale: 'de-DE' });
  const words = await file(page, 'Jemand hat meine Straße veröffentlicht: „Äpfelweg“.');
  assert.ok((await page.textContent('main')).includes('Deine 12 Wörter'));
  const number = await findsCase(3, 'Äpfelweg');
  await world.desk(3).reply(number, 'Danke, dass du schreibst. Bist du in Sicherheit?');
  await readsAfterAWhile(page, words, 'Bist du in Sicherheit?');
  assert.ok((await page.textContent('main')).includes('Du hast eine Antwort.'));
  await context.close();
});

test('whoever is unticked sees neither the report nor what follows', async () => {
  const { page, context } = await chromium.visitor();
  const words = await file(page, 'Not for Bo.', ['Bo Muster']);
  await findsCase(1, 'Not for Bo.');
  await readsAfterAWhile(page, words, 'Not for Bo.');
  await page.fill('.conversation textarea', 'From the words alone.');
  await page.click('.conversation button[type=submit]');
  await page.waitForSelector('.conversation .notice--good');
  await findsCase(3, 'From the words alone.');
  const desk = world.desk(2);
  desk.sync();
  const seen = desk.cases().map(({ case: number }) => JSON.stringify(desk.show(number))).join();
  assert.ok(!seen.includes('Not for Bo.') && !seen.includes('From the words alone.'));
  await context.close();
});

test('words nobody was given and no answer yet look the same, and kind', async () => {
  const { page, context } = await chromium.visitor();
  await page.goto(world.url);
  await comeBack(page, ['abandon', ...Array(10).fill('abandon'), 'about']);
  await page.waitForSelector('text=There is nothing to read here yet');
  await comeBack(page, ['abandon', ...Array(10).fill('abandon'), 'abandon']);
  await page.waitForSelector('text=These 12 words do not fit together.');
  await context.close();
});

test('a report and a look have the same requests, of the same sizes', async () => {
  const shape = async (act) => {
    const { page, context } = await chromium.visitor();
    const seen = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') seen.push(`${new URL(request.url()).pathname} ${request.postDataBuffer()?.length}`);
    });
    await page.clock.install();
    await act(page);
    await until(() => seen.length >= 2, 'the visit to be complete');
    await context.close();
    return seen;
  };
  const filed = await shape((page) => file(page, 'A short one.'));
  const looked = await shape(async (page) => {
    await page.goto(world.url);
    await page.waitForSelector('.readers');
    await page.clock.fastForward(200_000);
  });
  assert.deepEqual(looked, filed);
  assert.equal(filed.length, 2);
});
