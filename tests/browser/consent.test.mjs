// "May we show this to the lawyer?": asked on a desk, answered item by item in the browser, signed,
// read on the desk; and changed afterwards.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withFolder, withWorld } from './held.mjs';
import { file, findsCase, readsAfterAWhile } from './steps.mjs';
import { until } from './world.mjs';

const chromium = withChromium();
const world = withWorld();
const inFolder = withFolder();

/** What the desk knows of the answers, once it says `expected` for its items. */
function deskSees(desk, number, expected) {
  return until(() => {
    desk.sync();
    const shown = JSON.stringify(desk.verb('consent', 'show', number));
    return [...shown.matchAll(/"answer":"?(yes|no|null)"?/g)].map((match) => match[1]).join() === expected;
  }, `the desk to see ${expected}`);
}

test('asked for two things, one is allowed; later the other way round', async () => {
  const { page, context, complaints } = await chromium.visitor({ viewport: { width: 320, height: 640 } });
  const words = await file(page, world, 'Here is what he wrote to me.');
  const desk = world.desk(1);
  const number = await findsCase(world, 1, 'Here is what he wrote to me.');
  const request = inFolder('request');
  await writeFile(request, 'the <b>lawyer</b> of the organisation\nyour first letter\nthe diff of Monday\n');
  desk.verb('consent', 'ask', number, '--request', request);
  await readsAfterAWhile(page, world, words, 'May this be shown to the <b>lawyer</b> of the organisation?');

  const form = page.locator('.consent');
  const item = (what) => form.locator(`fieldset:has-text("${what}")`);
  assert.equal(await form.locator('input:checked').count(), 0, 'nothing is chosen for anybody');
  await item('your first letter').getByLabel('Yes').check();
  await form.locator('button').click();
  await page.waitForSelector('text=Your answer has arrived');
  await page.waitForSelector('.letter--mine >> text=You answered what may be shown.');
  await deskSees(desk, number, 'yes,no');

  await readsAfterAWhile(page, world, words, 'You answered on');
  assert.equal(await item('your first letter').getByLabel('Yes').isChecked(), true);
  assert.equal(await item('the diff of Monday').getByLabel('No').isChecked(), true, 'what was left open is a no');
  await item('your first letter').getByLabel('No').check();
  await item('the diff of Monday').getByLabel('Yes').check();
  await form.locator('button').click();
  await page.waitForSelector('text=Your answer has arrived');
  await deskSees(desk, number, 'no,yes');
  assert.deepEqual(complaints, []);
  await context.close();
});
