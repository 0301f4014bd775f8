// On an old, small phone: a report with everything in it, for all but one; the preview says exactly
// what the counselors will see, and who was left out never sees a trace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, findsCase, open, readsAfterAWhile, send, writeBack } from './steps.mjs';

const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const chromium = withChromium();
const world = withWorld();

test('a report with an exclusion, from the first tap to the follow-up', async () => {
  const { page, context, complaints } = await chromium.visitor(PHONE);
  await open(page, world);
  await page.tap('text=Start writing');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'TEXTAREA');
  await page.fill(STORY, 'They wait for me at the meetup.\nSecond line.');

  // One after another is left out: said when one is left, refused kindly when nobody is.
  const reader = (name) => page.tap(`.readers label:has-text("${name}")`);
  await reader('Bo Muster');
  await reader('Cem Fiktiv');
  await page.waitForSelector('text=Only Ada Beispiel will read this.');
  await reader('Ada Beispiel');
  await page.waitForSelector('text=Somebody has to be able to read it.');
  await page.tap('#report-form button[type=submit]');
  assert.equal(await page.isVisible('#report-form'), true, 'nothing was sent');
  await reader('Ada Beispiel');
  await reader('Cem Fiktiv');

  await page.tap('text=Add details, if you like');
  const details = page.locator('details.more').first();
  await details.getByLabel('Links and diffs').fill(
    'https://en.m.wikipedia.org/w/index.php?title=Talk:River&diff=200&oldid=100&uselang=de\na letter, on paper',
  );
  await details.getByLabel('Accounts involved').fill('https://de.wikipedia.org/wiki/Benutzer:Jemand');
  await page.waitForSelector('.recognised >> text=A change (diff)');
  await page.tap('label:has-text("Threats")');
  await page.tap('label:has-text("Legal support")');
  await page.tap('.choices:has-text("In which languages") label:has-text("German")');
  await details.getByLabel('What may we call you?').fill('Kim');

  await page.tap('.preview summary');
  const shown = await page.$$eval('.preview dd', (values) => values.map((value) => value.textContent));
  assert.deepEqual(shown, [
    'They wait for me at the meetup.\nSecond line.',
    'Legal support',
    'Threats',
    'https://en.wikipedia.org/wiki/Special:Diff/100/200\na letter, on paper',
    'Jemand (de.wikipedia.org)',
    'Kim',
    'German',
    'Ada Beispiel (she/her) and Cem Fiktiv (he/him)',
  ]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${wider} pixels too wide`);

  const words = await send(page);
  const number = await findsCase(world, 1, 'They wait for me at the meetup.');
  const seen = JSON.stringify(world.desk(1).show(number));
  for (const value of ['legal', 'threats', 'Special:Diff/100/200', 'a letter, on paper', 'Jemand (de.wikipedia.org)', 'Kim', '"de"']) {
    assert.ok(seen.includes(value), `the counselor sees ${value}`);
  }
  assert.ok(!seen.includes('uselang'), 'what only says something about the reporter is left out');

  await readsAfterAWhile(page, world, words, 'They wait for me at the meetup.');
  await writeBack(page, 'They were there again.');
  await findsCase(world, 3, 'They were there again.');
  const excluded = world.desk(2);
  excluded.sync();
  const known = excluded.cases().map(({ case: one }) => JSON.stringify(excluded.show(one))).join();
  assert.ok(!known.includes('at the meetup') && !known.includes('there again'));
  assert.deepEqual(complaints, []);
  await context.close();
});
