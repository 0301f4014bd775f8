// Every screen in every state: axe finds nothing, nothing is cut off, and the exit is in reach; light
// and dark, with forced colours, from right to left, at 320 pixels and at 200 % zoom.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { speaksRightToLeft } from './right-to-left.mjs';
import { STORY, findsCase, open } from './steps.mjs';
import { until } from './world.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const chromium = withChromium();
const world = withWorld();

const NARROW = { width: 320, height: 640 };
/** A window of 1280 pixels at 200 % is one of 640 pixels of its own. */
const ZOOMED = { width: 640, height: 400 };
const WAYS = [
  ['light, English', { locale: 'en-GB', viewport: NARROW }],
  ['dark, German', { locale: 'de-DE', viewport: NARROW, colorScheme: 'dark' }],
  ['forced colours, French', { locale: 'fr-FR', viewport: NARROW, forcedColors: 'active' }],
  ['from right to left', { locale: 'he-IL', viewport: NARROW }],
  ['200 % zoom, dark', { locale: 'en-GB', viewport: ZOOMED, colorScheme: 'dark' }],
];

/** What is wrong with the screen as it stands. */
async function faults(page, screen) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    // AA of WCAG 2.2 and what axe holds to be good practice; colours that the system chose are its own.
    const forced = matchMedia('(forced-colors: active)').matches;
    const rules = forced ? { 'color-contrast': { enabled: false } } : {};
    const { violations } = await globalThis.axe.run({ rules });
    const cut = [...document.querySelectorAll('#site *')].filter((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      const skipped = one.closest('.skip, svg, [hidden], .cdx-progress-bar') !== null || getComputedStyle(one).position === 'absolute';
      return width > 0 && !skipped && (left < -1 || right > innerWidth + 1);
    });
    return [
      ...violations.map((one) => [one.id, ...one.nodes.map((node) => node.html)]),
      ...cut.map((one) => ['cut off', one.outerHTML.slice(0, 200)]),
      ...(document.documentElement.scrollWidth > innerWidth ? [['too wide', document.documentElement.scrollWidth]] : []),
    ];
  });
  assert.deepEqual(found, [], screen);
  const exit = await page.locator('#exit').boundingBox();
  const width = page.viewportSize().width;
  assert.ok(exit.x >= 0 && exit.x + exit.width <= width && exit.y >= 0, `${screen}: the exit is in reach`);
}

/** Walks through everything there is, and looks at each state on the way. */
async function walk(page, story) {
  const look = (screen) => faults(page, screen);
  await open(page, world);
  await look('the first page');
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('.complaint:not(:empty)');
  await look('an empty form');
  await page.fill(STORY, story);
  await page.click('.more summary >> nth=0');
  const long = 'https://en.wikipedia.org/w/index.php?title=Talk:A_very_long_title_of_a_page_about_something&diff=2&oldid=1';
  await page.fill('.more textarea >> nth=0', `${long}\nhttps://en.wikipedia.org/wiki/River\na letter`);
  await page.fill('.more textarea >> nth=1', '[[User:Somebody]]');
  await page.click('.choices--radio label >> nth=0');
  await page.waitForSelector('.recognised >> nth=1 >> li');
  await page.click('.preview summary');
  await look('details, what was recognised, the preview');
  for (const label of await page.$$('.readers label')) await label.click();
  await look('nobody left to read');
  for (const label of await page.$$('.readers label')) await label.click();
  for (const place of ['return', 'help']) {
    await page.click(`nav a[href="#${place}"]`);
    await look(place);
  }
  for (const place of ['easy', 'access']) {
    await page.click(`.foot a[href="#${place}"]`);
    await look(place);
  }
  await page.click('nav a[href="#report"]');
  // The page goes on trying by itself: it stays broken for as long as it is looked at.
  await page.route('**/v1/envelopes', (route) => route.abort());
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('#report-form .notice--care');
  await look('a connection that broke');
  await page.unroute('**/v1/envelopes');
  await page.evaluate(() => document.querySelector('#report-form button[type=submit]')?.click());
  await page.waitForSelector('.words');
  await look('the 12 words');
  const words = await page.$$eval('.words__word', (all) => all.map((word) => word.textContent));
  await page.click('.check button');
  await page.waitForSelector('.check .notice');
  await look('two wrong words');

  const number = await findsCase(world, 1, story);
  await world.desk(1).reply(number, 'We are here.\nWrite whenever you like.', 'waiting-for-you');
  await page.click('nav a[href="#return"]');
  const enter = async (all) => {
    await page.fill('.word-fields input >> nth=0', all.join(' '));
    await page.click('.page:not([hidden]) button[type=submit]');
  };
  await enter([...words.slice(0, 11), 'zzzz']);
  await page.waitForSelector('.page:not([hidden]) form .notice');
  await look('a word that is none');
  await enter([...Array(11).fill('abandon'), 'about']);
  await page.waitForSelector('.empty:not([hidden])');
  await look('nothing to read');
  await until(async () => {
    await page.goto('about:blank');
    await page.goto(`${world.url}/#return`);
    await page.waitForSelector('.word-fields');
    await enter(words);
    await page.waitForSelector('.letters, .empty:not([hidden])');
    return (await page.textContent('main')).includes('We are here.');
  }, 'the answer');
  await look('a conversation');
  await page.click('.conversation button.send >> nth=0');
  await page.waitForSelector('.conversation .complaint:not(:empty)');
  await look('an empty answer');
  await page.click('.withdraw summary');
  await page.click('.withdraw button');
  await page.waitForSelector('.withdraw .notice');
  await look('withdrawing without a tick');
  await page.click('.withdraw label');
  await page.click('.withdraw button');
  await page.waitForFunction(() => document.querySelector('.conversation .after') !== null);
  await look('withdrawn');
}

for (const [name, options] of WAYS) {
  test(`every screen: ${name}`, async () => {
    const { page, context } = await chromium.visitor({ ...options, bypassCSP: true });
    if (options.locale === 'he-IL') await speaksRightToLeft(context);
    await walk(page, `Every screen, ${name}.`);
    if (options.locale === 'he-IL') assert.equal(await page.getAttribute('html', 'dir'), 'rtl');
    await context.close();
  });
}

test('the question after half an hour, and the page that has emptied itself', async () => {
  const { page, context } = await chromium.visitor({ viewport: NARROW, bypassCSP: true });
  await page.clock.install();
  await page.goto(world.url);
  await page.waitForSelector('.readers');
  await page.clock.fastForward(31 * 60_000);
  await page.waitForSelector('dialog', { state: 'visible' });
  await faults(page, 'the question');
  await page.clock.runFor(125_000);
  await page.waitForSelector('.emptied');
  await faults(page, 'the emptied page');
  await context.close();
});
