// The button that others put on their pages, as the documentation has it: without a script, under the
// strictest policy a page can have, and it tells the site nothing about where somebody came from.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { startWorld } from './world.mjs';

const PAGE = fileURLToPath(new URL('../../docs/embedding.md', import.meta.url));
const chromium = withChromium();
let world;
let host;
before(async () => {
  world = await startWorld();
  const snippet = (await readFile(PAGE, 'utf8')).match(/```html\n([\s\S]+?)```/)[1];
  const body = snippet.replace('https://report.example.org/', `${world.url}/`);
  host = createServer((_, response) => {
    response.setHeader('Content-Security-Policy', "default-src 'none'; style-src-attr 'unsafe-inline'");
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>A wiki</title><main><h1>Help</h1>${body}</main></html>`);
  });
  await new Promise((ready) => host.listen(0, '127.0.0.1', ready));
});
after(async () => {
  host?.closeAllConnections();
  host?.close();
  await world?.stop();
});

test('the documented button leads to the site, without a script and without a referrer', async () => {
  const { page, context, complaints } = await chromium.visitor();
  let referrer = 'not asked';
  page.on('request', (request) => {
    if (request.url() === `${world.url}/`) referrer = request.headers().referer ?? null;
  });
  await page.goto(`http://127.0.0.1:${host.address().port}/wiki/Somebody`);
  assert.deepEqual(complaints, []);
  await page.click('text=Report safely');
  await page.waitForSelector('.readers');
  assert.equal(referrer, null);
  assert.equal(await page.evaluate(() => document.referrer), '');
  await context.close();
});

test('no page can put the site into a frame', async () => {
  const { page, context } = await chromium.visitor();
  await page.setContent(`<iframe src="${world.url}/"></iframe>`);
  const frame = page.frames()[1];
  await frame.waitForLoadState().catch(() => undefined);
  assert.equal(await frame.locator('#report-form').count(), 0);
  await context.close();
});
