// Files over a connection that breaks, and people who change their mind: what has arrived is neither
// sent nor fetched again, the way is shown in bytes, and pausing and stopping end it at once.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, chooseFiles, open, readsAfterAWhile, saveButton, savedFile, send } from './steps.mjs';

/** Three slices, so four parts. */
const FILM = randomBytes(2 * 1_044_480 + 5);

const chromium = withChromium();
const world = withWorld();

/**
 * Bodies of the requests to `path`, in order. The next ones end as `ways` say: `lost` before they
 * arrive, `unanswered` after, `hangs` not at all.
 */
async function breaking(context, path, ways) {
  const bodies = [];
  await context.route(path, async (route) => {
    bodies.push(route.request().postDataBuffer());
    const way = ways.shift();
    if (way === 'hangs') return;
    if (way === 'unanswered') await route.fetch();
    if (way === 'lost' || way === 'unanswered') await route.abort('connectionreset');
    else await route.continue();
  });
  return bodies;
}

/** Everything that a notice says from now on. */
async function listen(page, place) {
  await page.evaluate((where) => {
    globalThis.said = [];
    const note = () => globalThis.said.push(document.querySelector(where).textContent);
    new MutationObserver(note).observe(document.querySelector(where), { childList: true });
  }, place);
  return () => page.evaluate(() => globalThis.said.join(' | '));
}

const online = (page) => page.evaluate(() => dispatchEvent(new Event('online')));
const submit = '#report-form button[type=submit]';

async function ready(text) {
  const { page, context, complaints } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, text);
  await chooseFiles(page, { name: 'film.bin', mimeType: '', buffer: FILM });
  return { page, context, complaints };
}

test('a connection that breaks twice: it goes on by itself, and no part is sent again that has arrived', async () => {
  const { page, context, complaints } = await ready('A long film.');
  const parts = await breaking(context, '**/v1/parts', [undefined, 'unanswered', 'lost']);
  const said = await listen(page, '#report-form .sending .notice-place');
  await page.click(submit);
  await page.waitForSelector('text=The server does not answer at the moment.');
  assert.match(await said(), /1 MB of 2 MB/, 'the way is shown in bytes');
  await online(page);
  await page.waitForFunction(() => document.querySelector('#report-form .send').getAttribute('aria-disabled') === 'false');
  await online(page);
  await page.waitForSelector('.words');
  assert.equal(parts.length, 6, 'four parts, of which one took three tries');
  assert.ok(parts[1].equals(parts[2]) && parts[1].equals(parts[3]), 'the very same bytes');
  assert.equal(new Set(parts.map((part) => part.toString('latin1'))).size, 4);
  const words = await page.$$eval('.words__word', (all) => all.map((word) => word.textContent));
  await readsAfterAWhile(page, world, words, 'A long film.');

  // And back: the second part breaks off, and only it is fetched again.
  const fetches = await breaking(context, '**/v1/fetch', [undefined, 'lost']);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click(saveButton('film.bin')).then(async () => {
      await page.waitForSelector('text=It goes on by itself with what is still missing.');
      await online(page);
    }),
  ]);
  await page.waitForSelector('.letters >> text=It is whole, and with your downloads.');
  assert.equal(download.suggestedFilename(), 'film.bin');
  const slots = fetches.map((body) => body.subarray(9).toString('hex'));
  assert.equal(slots.length, 5);
  assert.equal(slots[1], slots[2]);
  assert.equal(new Set(slots).size, 4);
  assert.deepEqual(await savedFile(page, 'film.bin'), FILM, 'and it can be saved once more');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('pausing ends sending at once, nothing goes on by itself, and the button goes on where it was', async () => {
  const { page, context } = await ready('A pause.');
  const parts = await breaking(context, '**/v1/parts', [undefined, 'hangs']);
  const pause = page.locator('text=Pause sending');
  assert.equal(await pause.isVisible(), false);
  const hanging = page.waitForRequest((request) => request.url().endsWith('/v1/parts') && parts.length === 1);
  await page.click(submit);
  await hanging;
  await pause.click();
  await page.waitForSelector('text=Sending is paused.');
  assert.equal(await pause.isVisible(), false);
  assert.equal(await page.inputValue(STORY), 'A pause.');
  await online(page);
  await page.waitForFunction(() => document.querySelector('#report-form .send').getAttribute('aria-disabled') === 'false');
  assert.equal(parts.length, 2);
  const words = await send(page);
  assert.equal(parts.length, 5);
  assert.ok(parts[1].equals(parts[2]));
  assert.equal(new Set(parts.map((part) => part.toString('latin1'))).size, 4);
  await readsAfterAWhile(page, world, words, 'A pause.');

  // Stopping what comes back: nothing of it is saved, and it can be begun anew.
  const fetches = await breaking(context, '**/v1/fetch', [undefined, 'hangs']);
  const downloads = [];
  page.on('download', (download) => downloads.push(download));
  await page.click(saveButton('film.bin'));
  await page.waitForSelector('text=/Fetching and opening: 1 MB of/');
  await page.click(saveButton('film.bin'));
  await page.waitForSelector('text=Stopped. Nothing was saved.');
  assert.deepEqual([downloads.length, fetches.length], [0, 2]);
  assert.deepEqual(await savedFile(page, 'film.bin'), FILM);
  await context.close();
});

test('a file taken away while it waits for the connection does not go, and nothing goes by itself', async () => {
  const { page, context } = await ready('Without the film after all.');
  const parts = await breaking(context, '**/v1/parts', ['lost']);
  await page.click(submit);
  await page.waitForSelector('text=The server does not answer at the moment.');
  await page.click('#report-form .file button');
  await online(page);
  assert.equal(await page.locator('text=Pause sending').isVisible(), false);
  assert.equal(await page.locator('.words').count(), 0);
  const words = await send(page);
  assert.equal(parts.length, 1);
  await readsAfterAWhile(page, world, words, 'Without the film after all.');
  assert.equal(await page.locator('.letters .file').count(), 0);
  await context.close();
});
