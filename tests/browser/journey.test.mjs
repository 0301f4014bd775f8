// A report travels from a browser to a counselor, and the answer travels back: the real
// server, the real programs, a real Chromium.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import * as steps from './steps.mjs';
import { until } from './world.mjs';

const chromium = withChromium();
const world = withWorld();

const file = (page, text, unticked) => steps.file(page, world, text, unticked);
const comeBack = (page, words) => steps.comeBack(page, world, words);
const readsAfterAWhile = (page, words, text) => steps.readsAfterAWhile(page, world, words, text);
const findsCase = (serial, text) => steps.findsCase(world, serial, text);

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

/**
 * What a visit shows on the line, in order: `load` once for the files that every visit loads,
 * and each request with a body, with its size and that of its answer.
 */
async function lineOf(act, puts) {
  const { page, context } = await chromium.visitor();
  const seen = [];
  page.on('response', async (response) => {
    const request = response.request();
    const { pathname } = new URL(request.url());
    if (pathname === '/v1/state') seen.push('load');
    if (request.method() !== 'POST') return;
    const line = { pathname, sent: request.postDataBuffer()?.length, got: 0 };
    seen.push(line);
    line.got = (await response.body()).length;
  });
  await page.clock.install();
  await act(page);
  const count = () => seen.filter((line) => line.pathname === '/v1/envelopes' && line.got > 0).length;
  await until(() => count() >= puts, 'the visit to be complete');
  // The load that turns "sent" into "recorded" comes when the epoch has closed.
  await until(async () => {
    await page.clock.fastForward(2_000);
    return seen.at(-1) === 'load';
  }, 'the load after the put');
  await context.close();
  // An epoch that closes while loading makes the page load again; a promise names its epoch.
  const shape = seen.filter((line, at) => line !== 'load' || seen[at - 1] !== 'load');
  return shape.map((line) => (line === 'load' ? line : `${line.pathname} ${line.sent} ${Math.round(line.got / 8) * 8}`));
}

/** A visitor who only reads, for longer than decoys take. */
async function linger(page) {
  await page.waitForSelector('.readers');
  await page.clock.fastForward(151_000);
}

test('a report, a look, and a look with an answer are the same on the line', async () => {
  let words;
  const reported = await lineOf(async (page) => {
    words = await file(page, 'A short one.');
  }, 1);
  const looked = await lineOf(async (page) => {
    await page.goto(world.url);
    await linger(page);
  }, 1);
  {
    const { page, context } = await chromium.visitor();
    await readsAfterAWhile(page, words, 'A short one.');
    await context.close();
  }
  const open = async (page) => {
    await comeBack(page, words);
    await page.waitForSelector('.letters');
  };
  const lookedWithWords = await lineOf(async (page) => {
    await open(page);
    await page.clock.fastForward(151_000);
  }, 1);
  const answered = await lineOf(async (page) => {
    await open(page);
    await page.fill('.conversation textarea', 'One thing more.');
    await page.clock.fastForward(600_000);
    await page.click('.conversation button.send >> nth=0');
    await page.waitForSelector('.conversation .notice--good');
  }, 1);
  assert.deepEqual(reported.map((line) => line.split(' ')[0]), ['load', '/v1/fetch', '/v1/envelopes', 'load']);
  assert.deepEqual(looked, reported);
  assert.deepEqual(lookedWithWords, reported);
  assert.deepEqual(answered, reported);
});

test('what is written after the decoy has left is one more visit of the same shape', async () => {
  const twice = await lineOf(async (page) => {
    const put = page.waitForResponse(/envelopes/);
    await page.goto(world.url);
    await linger(page);
    await put;
    await page.fill('textarea >> nth=0', 'It took me a while to begin.');
    await page.click('#report-form button[type=submit]');
    await page.waitForSelector('.words');
  }, 2);
  assert.deepEqual(twice.map((line) => line.split(' ')[0]), [
    ...['load', '/v1/fetch', '/v1/envelopes'],
    ...['load', '/v1/fetch', '/v1/envelopes', 'load'],
  ]);
});

test('"sent" becomes "recorded" when the index lists the letter', async () => {
  const { page, context } = await chromium.visitor();
  const words = await file(page, 'Is it really there?');
  await page.waitForSelector('.after .notice >> text=Recorded: your sealed letter now stands');
  await readsAfterAWhile(page, words, 'Is it really there?');
  await page.fill('.conversation textarea', 'And this one?');
  await page.click('.conversation button.send >> nth=0');
  await page.waitForSelector('.conversation .notice >> text=Recorded: your sealed letter now stands');
  await context.close();
});

test('withdrawing: nothing without a tick; then the wall forgets and the desks are asked', async () => {
  const { page, context, complaints } = await chromium.visitor();
  const words = await file(page, 'I wish I had not sent this.');
  const number = await findsCase(1, 'I wish I had not sent this.');
  await world.desk(1).reply(number, 'We are here.');
  await readsAfterAWhile(page, words, 'We are here.');

  const deleted = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/v1/delete')) deleted.push(response.status());
  });
  await page.click('.withdraw summary');
  await page.click('.withdraw button');
  await page.waitForSelector('text=Nothing has been deleted.');
  assert.deepEqual(deleted, []);

  await page.click('.withdraw label');
  await page.click('.withdraw button');
  await page.waitForSelector('h1:has-text("It is deleted from the server.")');
  assert.deepEqual(deleted, [204]);

  await readsAfterAWhile(page, words, 'You asked that everything be deleted.');
  const letters = await page.textContent('.letters');
  assert.ok(!letters.includes('I wish I had not sent this.'), 'gone from the wall');
  assert.ok(letters.includes('We are here.'), 'an answer is its writer\'s to delete');
  assert.equal(await page.$('.withdraw'), null, 'nothing is left to withdraw');
  await until(() => {
    world.desk(1).sync();
    return JSON.stringify(world.desk(1).show(number)).includes('withdraw');
  }, 'the desk to be asked');
  assert.deepEqual(complaints, []);
  await context.close();
});
