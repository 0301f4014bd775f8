// What an organisation says about itself comes from its signed roster and from nowhere else: the same
// files of the site, byte for byte, serve two organisations.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { open } from './steps.mjs';

const NAMES = ['Beratung am Fluss', 'River Desk'];
const chromium = withChromium();
const worlds = NAMES.map((name) => withWorld(name));

/** Every file of the site, as a server hands it out. */
async function site({ url }) {
  const list = await (await fetch(`${url}/site.sha256`)).text().catch(() => '');
  const names = ['', 'reporter.js', 'reporter.css', 'worker.js', 'beistand_bg.wasm', 'icon.svg'];
  const bytes = await Promise.all(names.map(async (name) => Buffer.from(await (await fetch(`${url}/${name}`)).arrayBuffer())));
  return { list, bytes };
}

test('two organisations, two rosters, one site', async () => {
  const [one, other] = await Promise.all(worlds.map(site));
  for (const [at, bytes] of one.bytes.entries()) assert.ok(bytes.length > 0 && bytes.equals(other.bytes[at]));
  for (const [at, world] of worlds.entries()) {
    const { page, context } = await chromium.visitor();
    await open(page, world);
    const text = await page.textContent('body');
    assert.ok(text.includes(NAMES[at]) && !text.includes(NAMES[1 - at]));
    await context.close();
  }
});

test('the 12 words of one organisation open nothing at the other', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, worlds[0]);
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  await page.reload();
  await page.waitForSelector('.readers');
  assert.deepEqual([...new Set(asked)], [worlds[0].url], 'a page talks to its own server only');
  await context.close();
});
