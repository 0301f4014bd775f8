// Browsers that do not compile WebAssembly: without a JIT, where it does not even exist; and where
// a policy forbids compiling. What one build sealed, the others open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behind } from './behind.mjs';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { until } from './world.mjs';

/** As in the hardened levels of some browsers: everything is interpreted. */
const jitless = withChromium({ args: ['--js-flags=--jitless'] });
const ordinary = withChromium();
/** Sealing without a JIT takes seconds; a machine that is busy takes several times as many. */
const PATIENCE = 240_000;

const world = withWorld();

/** A visitor, and which scripts their visit loaded. */
async function visitor(browser) {
  const { page, context, complaints } = await browser.visitor();
  page.setDefaultTimeout(PATIENCE);
  const loaded = [];
  page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
  return { page, context, complaints, loaded };
}

/** Files a report as a person does; gives the 12 words and what was said meanwhile. */
async function file(page, text, url = world.url) {
  await page.goto(url);
  await page.waitForSelector('.readers');
  await page.evaluate(() => {
    globalThis.said = [];
    const place = document.querySelector('#report-form .sending .notice-place');
    new MutationObserver(() => globalThis.said.push(place.textContent)).observe(place, { childList: true });
  });
  await page.fill('textarea >> nth=0', text);
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('.words');
  const words = await page.$$eval('.words__word', (all) => all.map((word) => word.textContent));
  return { words, said: await page.evaluate(() => globalThis.said.join(' ')) };
}

/** Comes back with the words, until all of `texts` can be read. */
async function reads(page, words, texts) {
  await until(async () => {
    await page.goto('about:blank');
    await page.goto(`${world.url}/#return`);
    await page.waitForSelector('.page:not([hidden]) .word-fields');
    await page.fill('.word-fields input >> nth=0', words.join(' '));
    await page.click('.page:not([hidden]) button[type=submit]');
    await page.waitForSelector('.letters, .empty:not([hidden])');
    const seen = await page.textContent('main');
    return texts.every((text) => seen.includes(text));
  }, `the page to show ${texts}`);
}

/** The number of the case in which a desk reads `text`. */
function findsCase(text) {
  const desk = world.desk(1);
  return until(() => {
    desk.sync();
    return desk.cases().find(({ case: number }) => JSON.stringify(desk.show(number)).includes(text))?.case;
  }, `a desk to see ${text}`);
}

test('without a JIT: a report and its answer, and each build opens what the others sealed', async () => {
  const slow = await visitor(jitless);
  const { words, said } = await file(slow.page, 'Sealed without a JIT.');
  assert.equal(await slow.page.evaluate(() => typeof WebAssembly), 'undefined');
  assert.ok(slow.loaded.includes('/plain-worker.js'));
  assert.ok(said.includes('takes some seconds longer'), 'it shows that it works');

  const number = await findsCase('Sealed without a JIT.');
  await world.desk(1).reply(number, 'Sealed on a desk.');
  const quick = await visitor(ordinary);
  await reads(quick.page, words, ['Sealed without a JIT.', 'Sealed on a desk.']);
  await quick.page.fill('.conversation textarea', 'Sealed by WebAssembly.');
  await quick.page.click('.conversation button.send >> nth=0');
  await quick.page.waitForSelector('.conversation .notice--good');
  await reads(slow.page, words, ['Sealed without a JIT.', 'Sealed on a desk.', 'Sealed by WebAssembly.']);
  assert.equal(await findsCase('Sealed by WebAssembly.'), number);
  assert.ok(!quick.loaded.includes('/plain-worker.js'), 'the other Worker is loaded only when needed');
  assert.deepEqual([slow.complaints, quick.complaints], [[], []]);
  await slow.context.close();
  await quick.context.close();
});

test('where a policy forbids compiling WebAssembly', async (run) => {
  const strict = await behind(world, { policy: (csp) => csp.replace(" 'wasm-unsafe-eval'", '') });
  run.after(strict.close);
  const { page, context, loaded } = await visitor(ordinary);
  await file(page, 'The policy is strict.', strict.url);
  assert.ok(loaded.includes('/plain-worker.js'));
  await findsCase('The policy is strict.');
  await context.close();
});

test('where there are no module workers', async () => {
  const { page, context, loaded } = await visitor(ordinary);
  await page.addInitScript(() => {
    const Real = globalThis.Worker;
    globalThis.Worker = class extends Real {
      constructor(address, options) {
        if (options?.type === 'module') throw new TypeError('module workers are switched off');
        super(address, options);
      }
    };
  });
  await file(page, 'Classic workers only.');
  assert.ok(!loaded.includes('/plain-worker.js'));
  await context.close();
});
