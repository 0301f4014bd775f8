// What a page needs does not arrive at first: it is said, and the page begins by itself as soon as
// it can, with all that was typed meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behind } from './behind.mjs';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, findsCase, send } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

const withoutWasm = (csp) => csp.replace(" 'wasm-unsafe-eval'", '');

// The program is asked for once when the page opens, and once more when it is needed.
for (const { missing, failing, policy } of [
  { missing: '/worker.js', failing: 2 },
  { missing: '/beistand_bg.wasm', failing: 2 },
  { missing: '/plain-worker.js', failing: 1, policy: withoutWasm },
  { missing: '/v1/rosters', failing: 1 },
]) {
  test(`without ${missing}`, async (run) => {
    let asked = 0;
    const fails = (path) => path === missing && ++asked <= failing;
    const server = await behind(world, { fails, policy });
    run.after(server.close);
    const { page, context } = await chromium.visitor();
    const story = `Typed before ${missing} was there.`;
    await page.goto(server.url);
    await page.fill(STORY, story);
    await page.waitForSelector('#report-form >> text=The server does not answer at the moment.');
    await page.waitForSelector('.readers');
    assert.equal(await page.locator('#report-form .sending .notice').count(), 0, 'it is over');
    assert.match(await page.textContent('#report-form button.send'), /^Send/);
    await send(page);
    await findsCase(world, 1, story);
    await context.close();
  });
}
