// What is answered to a request, and the wish to delete, go again by themselves after a connection
// broke, as letters do: the same bytes, until they are there, once.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { breaking, goesAgain, stopTime } from './breaking.mjs';
import { withChromium } from './chromium.mjs';
import { withFolder, withWorld } from './held.mjs';
import { file, findsCase, readsAfterAWhile } from './steps.mjs';
import { until } from './world.mjs';

const chromium = withChromium();
const world = withWorld();
const inFolder = withFolder();

const all = (bodies) => new Set(bodies.map((body) => body.toString('hex'))).size;

test('an answer to a request, then a withdrawal: each goes again until it is there', async () => {
  const { page, context } = await chromium.visitor();
  const words = await file(page, world, 'Asked in a tunnel.');
  const desk = world.desk(1);
  const number = await findsCase(world, 1, 'Asked in a tunnel.');
  await writeFile(inFolder('request'), 'the lawyer\nyour first letter\n');
  desk.verb('consent', 'ask', number, '--request', inFolder('request'));
  await readsAfterAWhile(page, world, words, 'May this be shown to the lawyer?');

  await stopTime(page);
  const answers = await breaking(context, '/v1/envelopes', ['unanswered', 'lost']);
  await page.locator('.consent').getByLabel('Yes').check();
  await page.click('.consent button');
  await page.waitForSelector('.consent >> text=We keep trying to send exactly this');
  assert.equal(await page.locator('.consent fieldset').evaluate((one) => one.inert), true, 'what may have arrived is not changed');
  await goesAgain(page, 'text=Your answer has arrived');
  assert.deepEqual([answers.length, all(answers)], [3, 1]);
  await until(() => {
    desk.sync();
    return /"answer":"?yes/.test(JSON.stringify(desk.verb('consent', 'show', number)));
  }, 'the desk to see the answer');

  await context.unroute('**/v1/envelopes');
  const wishes = await breaking(context, '/v1/envelopes', ['unanswered']);
  await breaking(context, '/v1/delete', Array(100).fill('lost'));
  await page.click('.withdraw summary');
  await page.click('.withdraw label');
  await page.click('.withdraw button');
  await page.waitForSelector('.withdraw >> text=We keep trying to send exactly this');
  await goesAgain(page, '.withdraw >> text=not everything is deleted from the server yet. We keep trying.');
  await context.unroute('**/v1/delete');
  const deletions = await breaking(context, '/v1/delete', ['unanswered']);
  await goesAgain(page, 'h1:has-text("It is deleted from the server.")');
  assert.deepEqual([wishes.length, all(wishes)], [2, 1]);
  assert.ok(deletions.length > all(deletions), 'what may have been deleted is deleted once more');
  await until(() => {
    desk.sync();
    return JSON.stringify(desk.show(number)).includes('withdraw');
  }, 'the desk to be asked');
  await context.close();
});
