// The Worker ends in the middle of a visit, as one does that gets no more memory: the page says so,
// nothing typed is lost, and another Worker takes over where nothing depends on what the first one knew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breaking } from './breaking.mjs';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, file, findsCase, open, readsAfterAWhile, send } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

/** Ends the Worker as if it had never been there: no error, no last word. */
async function loseWorker(page) {
  const [worker] = page.workers();
  await worker.evaluate(() => self.close());
}

test('while somebody writes: it is said, all is still there, and it can be sent', async () => {
  const { page, context, complaints } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'Written before the memory was full.');
  await page.click('.more summary >> nth=0');
  await page.getByLabel('What may we call you?').fill('Kim');
  await page.setInputFiles('#report-form input[type=file]', { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('a note') });
  await page.waitForSelector('#report-form .file__known >> text=sent as it is');
  await loseWorker(page);
  await page.waitForSelector('#report-form >> text=The part of this page that seals letters has stopped');
  assert.equal(await page.inputValue(STORY), 'Written before the memory was full.');
  await send(page);
  const number = await findsCase(world, 1, 'Written before the memory was full.');
  const seen = JSON.stringify(world.desk(1).show(number));
  assert.ok(seen.includes('Kim') && seen.includes('note.txt'), 'all of it');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('after an envelope has set out: it is said that it may arrive twice', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'Has it arrived?');
  const before = await breaking(context, '/v1/envelopes', Array(100).fill('lost'));
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('text=We keep trying to send exactly what you wrote');
  await loseWorker(page);
  await page.waitForSelector('#report-form >> text=perhaps it had arrived already');
  assert.equal(await page.getAttribute(STORY, 'readonly'), null, 'it is sealed anew, so it may be changed');
  await context.unroute('**/v1/envelopes');
  const after = await breaking(context, '/v1/envelopes', []);
  await send(page);
  assert.equal(after.length, 1);
  assert.ok(before.every((body) => !body.equals(after[0])), 'under new words: the old ones are lost');
  await findsCase(world, 1, 'Has it arrived?');
  await context.close();
});

test('in a conversation: the words open it again, with the answer that was being written', async () => {
  const { page, context } = await chromium.visitor();
  const words = await file(page, world, 'A conversation that is interrupted.');
  await findsCase(world, 1, 'A conversation that is interrupted.');
  await readsAfterAWhile(page, world, words, 'A conversation that is interrupted.');
  await page.fill('.conversation textarea', 'Half an answer');
  await loseWorker(page);
  await page.waitForSelector('text=The part of this page that opens letters has stopped');
  await page.fill('.word-fields li:first-child input', words.join(' '));
  await page.click('.page:not([hidden]) button[type=submit]');
  await page.waitForSelector('.conversation textarea');
  assert.equal(await page.inputValue('.conversation textarea'), 'Half an answer');
  await page.click('.conversation > form button.send');
  await page.waitForSelector('.conversation .notice--good');
  await findsCase(world, 1, 'Half an answer');
  await context.close();
});

test('a picture that nobody could look into is not sent as if somebody had', async () => {
  const { page, context } = await chromium.visitor();
  await page.addInitScript(() => {
    const Real = globalThis.Worker;
    globalThis.Worker = class extends Real {
      postMessage(message) {
        if (message.op === 'clean-picture') this.terminate();
        else super.postMessage(message);
      }
    };
  });
  await open(page, world);
  await page.setInputFiles('#report-form input[type=file]', { name: 'at-home.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') });
  await page.waitForSelector('text=“at-home.jpg” could not be searched for hidden details');
  assert.equal(await page.locator('#report-form .file').count(), 0);
  await context.close();
});
