// What the page promises by itself, whatever the server does.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { down, forged, serveSite } from './site.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STORY = 'textarea >> nth=0';
const chromium = withChromium();
let site;
before(async () => {
  site = await serveSite(forged);
});
after(() => site.close());

/** A visitor on the page, after the page has made up its mind about the server. */
async function visit(options, address = '/') {
  const visitor = await chromium.visitor(options);
  await visitor.page.goto(site.url + address);
  await visitor.page.waitForSelector('#report-form .notice', { state: 'attached' });
  return visitor;
}

test('a server that is down: said plainly, nothing typed is lost, and it can be tried again', async () => {
  site.api = down;
  const { page, context } = await visit();
  await page.fill(STORY, 'They wrote to my employer.');
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('text=The server does not answer at the moment.');
  assert.equal(await page.inputValue(STORY), 'They wrote to my employer.');
  assert.ok(!site.requests.includes('POST /v1/envelopes'));

  site.api = forged;
  await page.waitForSelector('#report-form button[aria-disabled=false]');
  assert.equal(await page.textContent('#report-form button[type=submit]'), 'Try again');
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('text=does not carry the right signatures');
  assert.equal(await page.inputValue(STORY), 'They wrote to my employer.');
  await context.close();
});

test('a server that nobody vouches for gets nothing', async () => {
  site.api = forged;
  site.requests.length = 0;
  const { page, context, complaints } = await visit();
  await page.fill(STORY, 'A secret.');
  await page.click('#report-form button[type=submit]');
  // Only a press of the button sets this: by then it has been tried, and is over.
  await page.waitForSelector('#report-form button[aria-disabled=false]');
  assert.deepEqual(site.requests.filter((request) => request.startsWith('POST')), []);
  assert.deepEqual(complaints, [], 'the strict policy is kept, WebAssembly and Worker included');
  await context.close();
});

test('the language changes in place and keeps what was typed', async () => {
  const { page, context } = await visit();
  await page.fill(STORY, 'Half a sentence');
  await page.selectOption('.languages', 'de');
  assert.equal(await page.textContent('h1'), 'Du musst damit nicht allein bleiben.');
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  assert.equal(await page.inputValue(STORY), 'Half a sentence');
  assert.equal(new URL(page.url()).search, '?lang=de');
  await context.close();
});

test('a German browser gets German', async () => {
  const { page, context } = await visit({ locale: 'de-AT' });
  assert.equal(await page.textContent('h1'), 'Du musst damit nicht allein bleiben.');
  await context.close();
});

test('nothing is stored, and the tab says nothing', async () => {
  const { page, context } = await visit();
  await page.fill(STORY, 'A secret.');
  await page.click('nav a[href="#return"]');
  assert.deepEqual(await context.storageState(), { cookies: [], origins: [] });
  const kept = await page.evaluate(async () => [
    localStorage.length,
    sessionStorage.length,
    (await indexedDB.databases()).length,
    (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
  ]);
  assert.deepEqual(kept, [0, 0, 0, 0, 0]);
  assert.match(await page.title(), /^(Notes|Notizen)$/);
  await context.close();
});

for (const way of ['click', 'Shift three times']) {
  test(`quick exit (${way}) replaces the page, and Back does not return to it`, async () => {
    const { page, context } = await chromium.visitor();
    await context.route(/wikipedia\.org/, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Rivers</h1>' }));
    await page.goto('about:blank');
    await page.goto(site.url);
    await page.fill(STORY, 'A secret.');
    await page.click('nav a[href="#help"]');
    await page.click('nav a[href="#report"]');
    if (way === 'click') await page.click('#exit');
    else for (let press = 0; press < 3; press += 1) await page.keyboard.press('Shift');
    await page.waitForSelector('text=Rivers');
    await page.goBack();
    assert.equal(page.url(), 'about:blank');
    await context.close();
  });
}

test('quick exit is the first thing the keyboard reaches', async () => {
  const { page, context } = await visit();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'exit');
  await context.close();
});

test('private fields are kept from spelling services, translators and memory', async () => {
  const { page, context } = await visit();
  await page.click('summary');
  const open = await page.$$eval('textarea, input[type=text]', (fields) =>
    fields
      .filter((field) => field.spellcheck || field.translate || field.autocomplete !== 'off')
      .map((field) => field.outerHTML),
  );
  assert.deepEqual(open, []);
  await context.close();
});

test('twelve words: completed after four letters, pasted whole, mistakes pointed at', async () => {
  const { page, context } = await visit({}, '/#return');
  const fields = page.locator('.word-fields input');
  await fields.first().focus();
  const becomes = (place, word) =>
    page.waitForFunction(([at, wanted]) => document.querySelectorAll('.word-fields input')[at].value === wanted, [place, word]);
  await page.keyboard.type('zoo abil');
  await becomes(1, 'ability');
  await page.keyboard.type('ity', { delay: 20 });
  await becomes(1, 'ability');
  await page.keyboard.type(' abou');
  await becomes(2, 'about');
  assert.equal(await fields.nth(0).inputValue(), 'zoo');
  await fields.nth(4).fill('1. abandon 2. abandon 3. abandon');
  assert.deepEqual(await fields.evaluateAll((all) => all.slice(4, 7).map((field) => field.value)), ['abandon', 'abandon', 'abandon']);
  await page.click('text=Open my conversation');
  await page.waitForSelector('text=There are 6 words so far; it takes 12.');
  await context.close();
});

test('without JavaScript there are other ways, a number and an exit, in both languages', async () => {
  const { page, context } = await chromium.visitor({ javaScriptEnabled: false });
  await page.goto(site.url);
  for (const words of ['beistand-report', 'Other ways', 'Andere Wege', '112']) {
    assert.ok((await page.textContent('#site')).includes(words), words);
  }
  assert.equal(await page.getAttribute('#exit', 'href'), 'https://www.wikipedia.org/');
  await context.close();
});

const MINUTE = 60_000;

test('a page nobody touches asks after half an hour and empties itself two minutes later', async () => {
  const { page, context } = await chromium.visitor();
  await page.clock.install();
  await page.goto(site.url);
  assert.ok((await page.textContent('.limits')).includes('for 30 minutes, it empties itself'));
  await page.fill(STORY, 'Half a sentence');
  await page.clock.fastForward(29.5 * MINUTE);
  await page.clock.runFor(2_000);
  assert.equal(await page.isVisible('dialog'), false);
  await page.clock.fastForward(MINUTE);
  await page.waitForSelector('dialog >> text=Are you still there?');

  // One tap keeps everything.
  await page.click('dialog button');
  await page.waitForSelector('dialog', { state: 'hidden' });
  assert.equal(await page.inputValue(STORY), 'Half a sentence');
  await page.clock.runFor(3 * MINUTE);
  assert.equal(await page.inputValue(STORY), 'Half a sentence');

  await page.clock.fastForward(28 * MINUTE);
  await page.waitForSelector('dialog', { state: 'visible' });
  await page.clock.runFor(110_000);
  assert.equal(await page.inputValue(STORY), 'Half a sentence');
  await page.clock.runFor(15_000);
  await page.waitForSelector('h1:has-text("This page has emptied itself")');
  assert.equal(await page.$('textarea'), null);
  await page.click('text=Open it again');
  await page.waitForSelector(STORY);
  assert.equal(await page.inputValue(STORY), '');
  await context.close();
});

test('quick exit works while the page asks whether somebody is there', async () => {
  const { page, context } = await chromium.visitor();
  await context.route(/wikipedia\.org/, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Rivers</h1>' }));
  await page.clock.install();
  await page.goto(site.url);
  await page.clock.fastForward(31 * MINUTE);
  await page.waitForSelector('dialog', { state: 'visible' });
  await page.click('#exit');
  await page.waitForSelector('text=Rivers');
  await context.close();
});

test('switching apps wipes nothing, however long', async () => {
  const { page, context } = await chromium.visitor();
  await page.clock.install();
  await page.goto(site.url);
  await page.fill(STORY, 'Half a sentence');
  const see = (state) =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await see('hidden');
  await page.clock.fastForward(180 * MINUTE);
  await page.clock.runFor(5 * MINUTE);
  await see('visible');
  await page.waitForSelector('dialog', { state: 'visible' });
  await page.clock.runFor(MINUTE);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'hidden' });
  assert.equal(await page.inputValue(STORY), 'Half a sentence');
  await context.close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const locale of ['en-GB', 'de-DE']) {
    test(`accessible at 320 pixels, ${locale}, ${colorScheme}`, async () => {
      const { page, context } = await visit({ locale, colorScheme, viewport: { width: 320, height: 640 }, bypassCSP: true });
      await page.click('summary');
      await page.evaluate(AXE);
      for (const place of ['report', 'return', 'help']) {
        await page.click(`nav a[href="#${place}"]`);
        const found = await page.evaluate(async () => (await globalThis.axe.run()).violations);
        assert.deepEqual(found.map((one) => [one.id, one.nodes.map((node) => node.html)]), [], place);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wider <= 0, `${place} is ${wider} pixels too wide`);
      }
      await context.close();
    });
  }
}
