// Promise P3 and P1 at the browser's edge: everything that leaves it during a whole journey is
// captured and searched for what was typed, in every encoding it could travel in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, inflateSync } from 'node:zlib';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, comeBack, findsCase, open, readsAfterAWhile, send, writeBack } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

/** Typed into every kind of field; nothing like it occurs by chance. */
const TYPED = {
  story: 'Zwölf-Krokodile-Quittung',
  where: 'Wendeltreppe-Neunaugen',
  link: 'Fledermausgarten',
  account: 'Quastenflosser77',
  name: 'Knurrhahnpfote',
  followUp: 'Silbermöwenakte',
};

/** How a text could be written down on its way. */
function encodings(text) {
  const utf8 = Buffer.from(text, 'utf8');
  const base64 = [0, 1, 2].map((shift) => {
    // Where the text begins inside a group of three bytes is not known: compare what is sure.
    const code = Buffer.concat([Buffer.alloc(shift), utf8]).toString('base64').replace(/=+$/, '');
    return code.slice(shift === 0 ? 0 : shift + 1, code.length - 1);
  });
  const texts = [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
    utf8.toString('hex'),
    utf8.toString('hex').toUpperCase(),
    ...base64,
    ...base64.map((code) => code.replaceAll('+', '-').replaceAll('/', '_')),
    [...text].reverse().join(''),
  ];
  return [
    ...texts.map((one) => Buffer.from(one, 'utf8')),
    Buffer.from(text, 'latin1'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
  ];
}

/** What was compressed is looked into. */
function unpacked(bytes) {
  const inside = [bytes];
  for (const open of [gunzipSync, inflateSync]) {
    try {
      inside.push(open(bytes));
    } catch {
      // Not of this kind.
    }
  }
  return inside;
}

/** Everything that leaves a browser, headers and addresses included. */
function capture(page) {
  const left = [];
  page.on('request', async (request) => {
    const body = request.postDataBuffer();
    left.push(Buffer.from(`${request.method()} ${request.url()} ${JSON.stringify(request.headers())}`));
    if (body !== null) left.push(...unpacked(body));
    left.push(Buffer.from(JSON.stringify(await request.allHeaders().catch(() => ({})))));
  });
  page.on('websocket', (socket) => assert.fail(`a connection nobody needs: ${socket.url()}`));
  return left;
}

function holds(left, text) {
  return encodings(text).some((code) => left.some((bytes) => bytes.includes(code)));
}

test('the search finds what it is to find', () => {
  const json = (text) => Buffer.from(JSON.stringify({ body: Buffer.from(`xx${text}yy`).toString('base64') }));
  const finds = (bytes) => assert.ok(holds(unpacked(bytes), TYPED.story));
  finds(Buffer.from(`a=${encodeURIComponent(TYPED.story)}`));
  for (const padding of ['', 'x', 'xx']) finds(Buffer.from(Buffer.from(`${padding}${TYPED.story}zz`).toString('base64')));
  finds(json(TYPED.story));
  finds(Buffer.from(TYPED.story, 'utf16le'));
  assert.ok(!holds([Buffer.from('Zwölf Krokodile')], TYPED.story));
});

test('nothing that was typed, shown or read leaves the browser in the clear', async () => {
  const { page, context } = await chromium.visitor();
  const left = capture(page);
  await open(page, world);
  await page.locator(STORY).pressSequentially(TYPED.story);
  await page.click('text=Add details, if you like');
  const details = page.locator('details.more').first();
  await details.getByLabel('Where did it happen?').fill(TYPED.where);
  await details.getByLabel('Links and diffs').fill(`https://en.wikipedia.org/wiki/User:${TYPED.link}`);
  await details.getByLabel('Accounts involved').fill(`User:${TYPED.account}`);
  await details.getByLabel('What may we call you?').fill(TYPED.name);
  await page.click('.preview summary');
  const words = await send(page);
  await page.fill('.check input >> nth=0', words[0]);
  await page.click('.check button');

  const number = await findsCase(world, 1, TYPED.story);
  const answer = 'Blindschleichenpost';
  await world.desk(1).reply(number, answer);
  await readsAfterAWhile(page, world, words, answer);
  await writeBack(page, TYPED.followUp);
  await findsCase(world, 1, TYPED.followUp);
  await comeBack(page, world, words);
  await page.waitForSelector('.withdraw');
  await page.click('.withdraw summary');
  await page.click('.withdraw label');
  await page.click('.withdraw button');
  await page.waitForSelector('h1:has-text("It is deleted from the server.")');

  assert.ok(left.length > 40, 'there was something to search');
  for (const text of [...Object.values(TYPED), answer, words.join(' '), words.join(''), words.join('+'), words.slice(0, 3).join(' ')]) {
    assert.ok(!holds(left, text), `${JSON.stringify(text)} left the browser`);
  }
  await context.close();
});
