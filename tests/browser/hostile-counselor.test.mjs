// What a counselor writes is text: no markup, no address to tap on, nothing that turns the page
// around, however long it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { file, findsCase, readsAfterAWhile } from './steps.mjs';

const MARKUP = [
  '<img src=x onerror="globalThis.broken = 1">',
  '<script>globalThis.broken = 2</script>',
  '<svg onload="globalThis.broken = 3"></svg>',
  '<iframe src="https://evil.example/"></iframe>',
  '<a href="javascript:globalThis.broken=4">here</a>',
  '<style>*{display:none}</style>',
  '<base href="https://evil.example/">',
  '<form action="https://evil.example/"><input name=words></form>',
  '{{PLURAL:$1|a|b}} $1 ${1} &lt;b&gt; &#x3c;i&#x3e;',
  'https://еn.wikipediа.org/ javascript:alert(1)',
].join('\n');
const BIDI = 'safe \u202egnp.exe\u202c \u2066\u202etxet\u2069 \u200f\u200e \u061c end';
const ZALGO = `Z${'\u0300\u0301\u0302\u0333'.repeat(60)}`;
const LONG = 'x'.repeat(20_000);

const chromium = withChromium();
const world = withWorld();

test('markup, bidi, homoglyphs and endless words from a counselor stay text', async () => {
  const { page, context, complaints } = await chromium.visitor({ viewport: { width: 320, height: 640 } });
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const words = await file(page, world, 'Who answers me?');
  const number = await findsCase(world, 2, 'Who answers me?');
  const answer = [MARKUP, BIDI, ZALGO, LONG, 'The end.'].join('\n');
  await world.desk(2).reply(number, answer);
  await readsAfterAWhile(page, world, words, 'The end.');

  const letter = page.locator('.letter:not(.letter--mine)');
  assert.equal(await letter.locator('.letter__text').textContent(), answer, 'character for character');
  const inside = await letter.evaluate((root) => [...root.querySelectorAll('*')].map((one) => one.tagName).sort());
  assert.deepEqual([...new Set(inside)], ['P', 'SPAN'], 'no element but those of the page');
  assert.equal(await page.evaluate(() => globalThis.broken), undefined);
  assert.deepEqual(asked.filter((url) => !url.startsWith(world.url) && url !== 'about:blank'), [], 'nothing was loaded from elsewhere');
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${wider} pixels too wide`);

  // What turns the direction of text around ends with the letter: the page goes on as before.
  const contained = await letter.locator('.letter__text').evaluate((text) => {
    const { direction, unicodeBidi } = getComputedStyle(text);
    return { direction, unicodeBidi, page: getComputedStyle(document.body).direction, block: getComputedStyle(text).display };
  });
  assert.deepEqual(contained, { direction: 'ltr', unicodeBidi: 'isolate', page: 'ltr', block: 'block' });
  // The exit and the field for an answer are where they belong, in spite of 20,000 letters in a row.
  assert.equal(await page.isVisible('#exit'), true);
  await page.fill('.conversation textarea', 'I can still write.');
  assert.deepEqual(complaints, []);
  await context.close();
});
