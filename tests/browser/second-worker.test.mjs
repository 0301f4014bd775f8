// A large file is hashed by a second Worker while the first one seals: what arrives is the same,
// whether that Worker lives or ends without a word.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withFolder, withWorld } from './held.mjs';
import { STORY, chooseFiles, findsCase, open, send } from './steps.mjs';

/** Five parts, rounded up to eight: large enough for a second Worker. */
const SIZE = 5_000_000;
const PARTS = 8;

const chromium = withChromium();
const world = withWorld();
const inFolder = withFolder();

/** The second Worker, where one lives. */
async function second(page) {
  for (const worker of page.workers()) {
    if ((await worker.evaluate(() => self.name)) === 'second') return worker;
  }
  return null;
}

/** Files a report with a large file; `react` runs before each put of a part. Gives how many there were. */
async function files(text, content, react) {
  const { page, context, complaints } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, text);
  await chooseFiles(page, { name: 'film.bin', mimeType: 'video/mp4', buffer: content });
  let puts = 0;
  await context.route('**/v1/parts', async (route) => {
    puts += 1;
    await react(page, puts);
    await route.continue();
  });
  await send(page);
  assert.deepEqual(complaints, []);
  await context.close();
  return puts;
}

/** What a desk saves, by the digest that the letter must have. */
async function saved(text, content) {
  const number = await findsCase(world, 1, text);
  const digest = createHash('sha256').update(content).digest('hex');
  const { file } = world.desk(1).verb('save', number, digest.slice(0, 8), '--folder', inFolder('.'));
  return readFile(file);
}

test('it hashes, and the file arrives', async () => {
  const content = randomBytes(SIZE);
  let lived = 0;
  const puts = await files('With a film.', content, async (page) => {
    if ((await second(page)) !== null) lived += 1;
  });
  assert.deepEqual([puts, lived], [PARTS, PARTS]);
  assert.ok((await saved('With a film.', content)).equals(content));
});

test('it ends in the middle: the file begins anew without it, nobody is asked, and it arrives', async () => {
  const content = randomBytes(SIZE);
  const puts = await files('With another film.', content, async (page, put) => {
    if (put === 3) await (await second(page)).evaluate(() => self.close());
    if (put > 3) assert.equal(await second(page), null);
  });
  assert.equal(puts, 3 + PARTS);
  assert.ok((await saved('With another film.', content)).equals(content));
});
