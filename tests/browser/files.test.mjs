// Files go with a report and come back: chosen on a phone, cleaned, sent part by part, and saved in
// another browser.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, chooseFiles, comeBack, open, readsAfterAWhile, savedFile, send } from './steps.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { viewport: { width: 320, height: 640 } };
const chromium = withChromium();
const world = withWorld();

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

test('three files on a phone: cleaned, sent, and saved in another browser', async () => {
  const { page, context, complaints } = await chromium.visitor(PHONE);
  await open(page, world);
  await page.fill(STORY, 'See the pictures.');
  const [picture, kept, film] = [await photo(page), await photo(page), randomBytes(2_500_000)];
  await chooseFiles(
    page,
    { name: 'at-home.jpg', mimeType: 'image/jpeg', buffer: picture },
    { name: 'evidence.jpg', mimeType: 'image/jpeg', buffer: kept },
    { name: 'film\u202Egpj.exe', mimeType: 'video/mp4', buffer: film },
    { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
  );
  assert.equal(await page.locator('#report-form .file').count(), 3);
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
  const clean = await savedFile(other.page, 'at-home.jpg');
  assert.ok(!clean.includes('Exif'), 'the place stayed behind');
  assert.deepEqual(await savedFile(other.page, 'evidence.jpg'), kept, 'the original by choice');
  assert.deepEqual(await savedFile(other.page, 'filmgpj.exe'), film, 'every byte, under a name that shows its ending');
  assert.match(await other.page.textContent('.letters'), /It is whole, and with your downloads/);
  assert.deepEqual(other.complaints, []);
  await other.context.close();
});

test('the files of a reply; accessible at 320 pixels; removing takes a file away again', async () => {
  const { page, context } = await chromium.visitor({ ...PHONE, bypassCSP: true });
  await open(page, world);
  await page.fill(STORY, 'First without files.');
  await chooseFiles(page, { name: `${'long-name-'.repeat(20)}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') });
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
  assert.deepEqual(await savedFile(page, 'one.txt'), Buffer.from('one'));
  await comeBack(page, world, words);
  await context.close();
});
