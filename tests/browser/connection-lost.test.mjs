// The connection breaks in the middle of sending: nothing typed is lost, nothing arrives twice, and
// it goes on by itself when the connection is back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breaking, goesAgain, stopTime } from './breaking.mjs';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, findsCase, open, readsAfterAWhile } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

for (const way of ['lost', 'unanswered']) {
  test(`a report is ${way}: the same bytes go again by themselves, and it is there once`, async () => {
    const { page, context } = await chromium.visitor();
    const bodies = await breaking(context, '/v1/envelopes', [way]);
    const story = `It broke off here (${way}).`;
    await open(page, world);
    await stopTime(page);
    await page.fill(STORY, story);
    await page.click('#report-form button[type=submit]');
    await page.waitForSelector('text=The server does not answer at the moment.');
    await page.waitForSelector('text=We keep trying to send exactly what you wrote');
    assert.equal(await page.inputValue(STORY), story);
    assert.equal(await page.getAttribute(STORY, 'readonly'), '', 'what may have arrived is not changed');

    await page.clock.fastForward(5_000);
    await page.waitForSelector('.words');
    assert.equal(bodies.length, 2);
    assert.ok(bodies[0].equals(bodies[1]), 'byte for byte');
    const words = await page.$$eval('.words__word', (all) => all.map((word) => word.textContent));
    await page.clock.resume();
    await findsCase(world, 1, story);
    await readsAfterAWhile(page, world, words, story);
    assert.equal((await page.$$('.letter')).length, 1, 'once');
    await context.close();
  });
}

test('no connection at all: it is said, and the moment it is back it goes on', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'Sent from a tunnel.');
  await context.setOffline(true);
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('text=The server does not answer at the moment.');
  await context.setOffline(false);
  await page.waitForSelector('.words');
  await findsCase(world, 1, 'Sent from a tunnel.');
  await context.close();
});

test('a follow-up that broke off goes again as well', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'Before the tunnel.');
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('.words');
  const words = await page.$$eval('.words__word', (all) => all.map((word) => word.textContent));
  await findsCase(world, 1, 'Before the tunnel.');
  await readsAfterAWhile(page, world, words, 'Before the tunnel.');
  const bodies = await breaking(context, '/v1/envelopes', ['unanswered', 'lost']);
  await page.fill('.conversation textarea', 'And after it.');
  await stopTime(page);
  await page.click('.conversation > form button.send');
  await page.waitForSelector('.conversation >> text=We keep trying to send exactly what you wrote');
  await goesAgain(page, '.conversation .notice--good');
  assert.equal(bodies.length, 3);
  assert.equal(new Set(bodies.map((body) => body.toString('hex'))).size, 1);
  await findsCase(world, 1, 'And after it.');
  await context.close();
});
