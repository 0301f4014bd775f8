// Under load a server asks for more work than its signed state said: the page finds a dearer stamp by
// itself, up to what the roster allows and no further.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, findsCase, open, send } from './steps.mjs';

/** `envelope_max` of the organisation in world.mjs. */
const MOST = 12;
const chromium = withChromium();
const world = withWorld();

/** Answers the next puts as a server under load does: `prices` are the bits it asks for. */
async function dear(context, prices) {
  const bodies = [];
  await context.route('**/v1/envelopes', async (route) => {
    bodies.push(route.request().postDataBuffer());
    const bits = prices.shift();
    if (bits === undefined) return route.continue();
    const problem = { type: 'about:blank', title: 'x', status: 403, code: 'weak-stamp', detail: 'x', bits };
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  return bodies;
}

test('a dearer stamp is found, and the envelope is the same', async () => {
  const { page, context } = await chromium.visitor();
  const bodies = await dear(context, [MOST - 1, MOST]);
  await open(page, world);
  await page.fill(STORY, 'Sent while it was dear.');
  await send(page);
  await findsCase(world, 1, 'Sent while it was dear.');
  assert.equal(bodies.length, 3);
  // class, day, slot, del_hash, shard; then the stamp, then the blob.
  const [before, after] = [1 + 4 + 16 + 16 + 1, 1 + 4 + 16 + 16 + 1 + 8];
  for (const body of bodies) {
    assert.ok(body.subarray(0, before).equals(bodies[0].subarray(0, before)));
    assert.ok(body.subarray(after).equals(bodies[0].subarray(after)));
  }
  await context.close();
});

test('a stamp that costs more than the roster allows is not paid for', async () => {
  const { page, context } = await chromium.visitor();
  const bodies = await dear(context, [MOST + 1]);
  await open(page, world);
  await page.fill(STORY, 'Not at any price.');
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('text=The server did not accept the envelope.');
  assert.equal(bodies.length, 1);
  assert.equal(await page.inputValue(STORY), 'Not at any price.');
  await context.close();
});
