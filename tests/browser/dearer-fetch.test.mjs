// Looking for answers costs more in a flood, too: the page pays, and asks for the very same slots.
// Asked for others beside them, a server would learn from the two requests which ones are wanted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { comeBack } from './steps.mjs';

/** More than the state says, and as much as `envelope_max` in world.mjs makes of a fetch. */
const DEAR = 8;
/** Any valid 12 words open a conversation, perhaps an empty one. */
const WORDS = [...Array(11).fill('abandon'), 'about'];
const chromium = withChromium();
const world = withWorld();

/** Comes back to a server that asks for so many bits the first time; gives the bodies of the fetches. */
async function lookedFor(page, context, bits) {
  const bodies = [];
  await context.route('**/v1/fetch', async (route) => {
    bodies.push(route.request().postDataBuffer());
    if (bodies.length > 1) return route.continue();
    const problem = { type: 'about:blank', title: 'x', status: 403, code: 'weak-stamp', detail: 'x', bits };
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  await comeBack(page, world, WORDS);
  return bodies;
}

test('a dearer fetch asks for the same slots', async () => {
  const { page, context } = await chromium.visitor();
  const bodies = await lookedFor(page, context, DEAR);
  await page.waitForSelector('.empty:not([hidden])');
  assert.equal(bodies.length, 2);
  const [cheap, dear] = bodies;
  // class, then the stamp, then the slots.
  assert.equal(cheap[0], dear[0]);
  assert.ok(!cheap.subarray(1, 9).equals(dear.subarray(1, 9)));
  assert.ok(cheap.subarray(9).equals(dear.subarray(9)));
  await context.close();
});

test('a look that costs more than the roster allows is not paid for', async () => {
  const { page, context } = await chromium.visitor();
  const bodies = await lookedFor(page, context, DEAR + 1);
  // Not any notice: the first one only says that it is looking.
  await page.waitForSelector('.page:not([hidden]) .notice--care');
  assert.equal(bodies.length, 1);
  await context.close();
});
