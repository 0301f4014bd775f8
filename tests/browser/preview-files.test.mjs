// The preview says of each file what its readers will have: under which name, how large, and what was
// taken out of it or left in on purpose.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { open } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

/** A picture that says who made it, and the same that does not. */
async function pictures(page) {
  const address = await page.evaluate(() => Object.assign(document.createElement('canvas'), { width: 8, height: 8 }).toDataURL('image/png'));
  const picture = Buffer.from(address.split(',')[1], 'base64');
  const said = Buffer.from('tEXtAuthor\0Somebody');
  const chunk = Buffer.alloc(8 + said.length);
  chunk.writeUInt32BE(said.length - 4);
  said.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(said), 4 + said.length);
  // Behind the signature and the first chunk, which has 13 bytes.
  const head = 8 + 12 + 13;
  return { plain: picture, signed: Buffer.concat([picture.subarray(0, head), chunk, picture.subarray(head)]) };
}

test('cleaned, original by choice, as it is: each under the name that readers see', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  await page.click('.preview summary');
  const { plain, signed } = await pictures(page);
  await page.setInputFiles('#report-form input[type=file]', [
    { name: 'clean.png', mimeType: 'image/png', buffer: signed },
    { name: 'evidence.png', mimeType: 'image/png', buffer: signed },
    { name: 'film\u202Egnp.exe', mimeType: 'video/mp4', buffer: Buffer.alloc(2_000) },
  ]);
  const shown = page.locator('.preview__files li');
  await page.waitForSelector('.preview__files li >> text=may say who made it');
  await page.locator('#report-form .file:has-text("evidence.png") label').click();
  await page.waitForSelector('.preview__files li >> text=as evidence');
  assert.deepEqual(await shown.allTextContents(), [
    `clean.png ${plain.length} bytesNot sent along: who took it.`,
    `evidence.png ${signed.length} bytesThe original goes, as evidence, with: who took it.`,
    'filmgnp.exe 2 kBThis kind of file is sent as it is. It may say who made it, when, where and on which device.',
  ]);
  await page.locator('#report-form .file:has-text("clean.png") button').click();
  assert.equal(await shown.count(), 2, 'what was removed is not in it');
  await context.close();
});
