// What is left after quick exit: nothing in the page, the history, any storage or any cache, whatever
// was on the screen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, comeBack, file, open, readsAfterAWhile, send } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

/** A visitor whose way out leads to a page of this test instead of the real one. */
async function visitor() {
  const one = await chromium.visitor();
  await one.context.route(/wikipedia\.org/, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>Rivers</title><h1>Rivers</h1>' }),
  );
  await one.page.goto('about:blank');
  return one;
}

/** Everything a browser keeps for a site. */
async function kept(page, context) {
  const session = await context.newCDPSession(page);
  const { origin } = new URL(world.url);
  const usage = await session.send('Storage.getUsageAndQuota', { origin });
  return {
    bytes: usage.usage,
    state: await context.storageState({ indexedDB: true }),
  };
}

/** What the tab still holds for the site, seen from a file of it that runs no script. */
async function heldByTab(page) {
  await page.goto(`${world.url}/icon.svg`);
  return page.evaluate(() => [Object.entries(sessionStorage), globalThis.history.state, globalThis.name]);
}

async function history(page, context) {
  const session = await context.newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  return entries.map(({ url, title }) => `${url} ${title}`.trim());
}

async function leaves(page, context) {
  const held = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    // A browser asks for a tab's picture in its own time; it is the same for everybody.
    if (pathname !== '/icon.svg') held.push(`${request.method()} ${pathname}`);
  });
  await page.click('#exit');
  await page.waitForSelector('text=Rivers');
  assert.deepEqual(held, ['GET /wiki/River'], 'where an organisation said, and nothing else is asked or sent');
  assert.deepEqual(await history(page, context), ['about:blank', 'https://www.wikipedia.org/wiki/River Rivers']);
  assert.deepEqual(await kept(page, context), { bytes: 0, state: { cookies: [], origins: [] } });
  await page.goBack();
  assert.equal(page.url(), 'about:blank');
  await page.goForward();
  assert.ok(!(await page.content()).includes('A secret'));
  assert.deepEqual(await heldByTab(page), [[], null, '']);
}

test('in the middle of writing, no question asked', async () => {
  const { page, context } = await visitor();
  page.on('dialog', () => assert.fail('no question may hold somebody up'));
  await open(page, world);
  await page.fill(STORY, 'A secret.');
  await page.click('nav a[href="#help"]');
  await page.selectOption('.languages', 'de');
  await page.click('nav a[href="#report"]');
  await leaves(page, context);
  await context.close();
});

test('with the 12 words on the screen', async () => {
  const { page, context } = await visitor();
  page.on('dialog', () => assert.fail('no question may hold somebody up'));
  await open(page, world);
  await page.fill(STORY, 'A secret with words.');
  await send(page);
  // Until it is recorded the page may be loading anew: what it asks for then is not asked by leaving.
  await page.waitForSelector('.after .notice >> text=Recorded');
  await leaves(page, context);
  await context.close();
});

test('with a conversation on the screen, by Shift three times', async () => {
  const before = await chromium.visitor();
  const words = await file(before.page, world, 'A secret to come back to.');
  await readsAfterAWhile(before.page, world, words, 'A secret to come back to.');
  await before.context.close();

  const { page, context } = await visitor();
  await comeBack(page, world, words);
  await page.waitForSelector('.letters');
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('Shift');
  await page.waitForSelector('text=Rivers');
  assert.deepEqual(await kept(page, context), { bytes: 0, state: { cookies: [], origins: [] } });
  assert.ok((await history(page, context)).every((entry) => !entry.startsWith(world.url)));
  assert.deepEqual(await heldByTab(page), [[], null, '']);
  await context.close();
});

test('without JavaScript the exit is a link, and everything else is said', async () => {
  const { page, context } = await chromium.visitor({ javaScriptEnabled: false });
  await page.goto(world.url);
  for (const lang of ['de', 'en', 'fr']) {
    const text = await page.textContent(`main[lang=${lang}]`);
    assert.ok(text.includes('beistand-report') && text.includes('112'), lang);
  }
  await page.keyboard.press('Tab');
  assert.equal(await page.getAttribute('a:focus', 'href'), 'https://www.wikipedia.org/');
  await context.close();
});
