// Files go with a report and come back: chosen on a phone, cleaned, sent part by part through a
// connection that breaks, and saved in another browser.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { STORY, comeBack, open, readsAfterAWhile, send } from './steps.mjs';
import { startWorld } from './world.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { viewport: { width: 320, height: 640 } };
const chromium = withChromium();
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** A picture as a phone takes it: with the place in its Exif data. */
async function photo(page) {
  const address = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
    canvas.getContext('2d').fillRect(0, 0, 32, 64);
    return canvas.toDataURL('image/jpeg');
  });
  const picture = Buffer.from(address.split(',')[1], 'base64');
  // One directory with one entry: the pointer to a directory of positions.
  const exif = Buffer.concat([Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0', 'latin1')]);
  const length = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([picture.subarray(0, 2), length, exif, picture.subarray(2)]);
}

const choose = (page, ...files) => page.setInputFiles('#report-form input[type=file]', files);
const settled = (page, count) =>
  page.waitForFunction((wanted) => {
    const known = [...document.querySelectorAll('#report-form .file__known')];
    return known.length === wanted && known.every((one) => !one.textContent.includes('Looking for'));
  }, count);

/** Saves the file of that name and gives its bytes. */
async function saved(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click(`.letters .file:has(.file__name:text-is("${name}")) button`),
  ]);
  assert.equal(download.suggestedFilename(), name);
  return readFile(await download.path());
}

test('three files on a phone: cleaned, sent, and saved in another browser', async () => {
  const { page, context, complaints } = await chromium.visitor(PHONE);
  await open(page, world);
  await page.fill(STORY, 'See the pictures.');
  const [picture, kept, film] = [await photo(page), await photo(page), randomBytes(2_500_000)];
  await choose(
    page,
    { name: 'at-home.jpg', mimeType: 'image/jpeg', buffer: picture },
    { name: 'evidence.jpg', mimeType: 'image/jpeg', buffer: kept },
    { name: 'film\u202Egpj.exe', mimeType: 'video/mp4', buffer: film },
    { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
  );
  await settled(page, 3);
  const place = page.locator('#report-form .files');
  assert.match(await place.textContent(), /“nothing.txt” is empty/);
  assert.match(await place.textContent(), /Not sent along: where it was taken/);
  assert.match(await place.textContent(), /This kind of file is sent as it is\./);
  assert.deepEqual(await place.locator('img').evaluateAll((all) => all.map((one) => [one.naturalWidth, one.alt])), [
    [64, '“at-home.jpg”, as the counselors will see it'],
    [64, '“evidence.jpg”, as the counselors will see it'],
  ]);
  await place.locator('.file:has-text("evidence.jpg") label').click();
  const words = await send(page);
  assert.deepEqual(complaints, []);
  await context.close();

  const other = await chromium.visitor();
  await readsAfterAWhile(other.page, world, words, 'See the pictures.');
  const clean = await saved(other.page, 'at-home.jpg');
  assert.ok(!clean.includes('Exif'), 'the place stayed behind');
  assert.deepEqual(await saved(other.page, 'evidence.jpg'), kept, 'the original by choice');
  assert.deepEqual(await saved(other.page, 'filmgpj.exe'), film, 'every byte, under a name that shows its ending');
  assert.match(await other.page.textContent('.letters'), /It is whole, and with your downloads/);
  assert.deepEqual(other.complaints, []);
  await other.context.close();
});

test('a connection that breaks in the middle of a file: it goes on with the very same bytes', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  const parts = [];
  await context.route('**/v1/parts', async (route) => {
    parts.push(route.request().postDataBuffer());
    // The second part arrives, and its answer does not.
    if (parts.length === 2) {
      await route.fetch();
      await route.abort('connectionreset');
    } else await route.continue();
  });
  await page.fill(STORY, 'A long film.');
  const film = randomBytes(1_044_480 + 5);
  await choose(page, { name: 'film.bin', mimeType: '', buffer: film });
  await settled(page, 1);
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('text=The server does not answer at the moment.');
  const words = await send(page);
  assert.equal(parts.length, 3);
  assert.ok(parts[1].equals(parts[2]) && !parts[0].equals(parts[1]));
  await readsAfterAWhile(page, world, words, 'A long film.');
  assert.deepEqual(await saved(page, 'film.bin'), film);
  await context.close();
});

test('an altered part is named as such, and nothing is saved', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'An attachment.');
  await choose(page, { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('a note') });
  await settled(page, 1);
  const words = await send(page);
  await readsAfterAWhile(page, world, words, 'An attachment.');
  await context.route('**/v1/fetch', async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[body.length - 1000] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  const downloads = [];
  page.on('download', (download) => downloads.push(download));
  await page.click('.letters .file button');
  await page.waitForSelector('text=This file was altered on its way. Nothing was saved.');
  assert.deepEqual(downloads, []);
  await context.close();
});

test('the files of a reply; accessible at 320 pixels; removing takes a file away again', async () => {
  const { page, context } = await chromium.visitor({ ...PHONE, bypassCSP: true });
  await open(page, world);
  await page.fill(STORY, 'First without files.');
  await choose(page, { name: `${'long-name-'.repeat(20)}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') });
  await settled(page, 1);
  await page.evaluate(AXE);
  const violations = async () => (await page.evaluate(() => globalThis.axe.run())).violations.map((one) => [one.id, one.nodes.map((node) => node.html)]);
  assert.deepEqual(await violations(), []);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  await page.click('#report-form .file button');
  assert.equal(await page.locator('#report-form .file').count(), 0);
  const words = await send(page);
  await readsAfterAWhile(page, world, words, 'First without files.');
  assert.equal(await page.locator('.letters .file').count(), 0);

  await page.fill('.conversation textarea', 'Now with one.');
  await page.setInputFiles('.conversation input[type=file]', { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('one') });
  await page.click('.conversation button.send >> nth=0');
  await page.waitForSelector('.conversation .notice--good');
  await readsAfterAWhile(page, world, words, 'Now with one.');
  await page.evaluate(AXE);
  assert.deepEqual(await violations(), []);
  assert.deepEqual(await saved(page, 'one.txt'), Buffer.from('one'));
  await comeBack(page, world, words);
  await context.close();
});
