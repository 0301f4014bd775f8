// A server that keeps a part back, or gives out another than it should: each is named as what it is,
// nothing is saved, and once the server is honest again the file is there.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, chooseFiles, open, readsAfterAWhile, saveButton, savedFile, send } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

const FILM = randomBytes(1_044_480 + 5);
const NOTE = Buffer.from('a note');

/** What a server may answer in place of the film's second part, and what the page says to it. */
const ANSWERS = {
  missing: [({ second }) => randomBytes(second.length), 'A part of this file is not on the server.'],
  swapped: [({ first }) => first, 'The parts of this file were exchanged.'],
  foreign: [({ note }) => note, 'A part of this file belongs to another file.'],
  altered: [({ second }) => altered(second, second.length - 1000), 'This file was altered on its way.'],
  'altered in the middle': [({ second }) => altered(second, second.length / 2), 'This file was altered on its way.'],
};

/** One bit is another at `place`. */
function altered(record, place) {
  const other = Buffer.from(record);
  other[place] ^= 1;
  return other;
}

test('a missing, swapped, altered or foreign part is named as such, and nothing is saved', async () => {
  const { page, context } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'A film and a note.');
  await chooseFiles(
    page,
    { name: 'film.bin', mimeType: '', buffer: FILM },
    { name: 'note.txt', mimeType: 'text/plain', buffer: NOTE },
  );
  const words = await send(page);
  await readsAfterAWhile(page, world, words, 'A film and a note.');

  const honest = new Map();
  let instead = null;
  await context.route('**/v1/fetch', async (route) => {
    const slot = route.request().postDataBuffer().subarray(9).toString('hex');
    if (!honest.has(slot)) {
      const answer = await route.fetch();
      honest.set(slot, await answer.body());
    }
    const isSecond = [...honest.keys()][1] === slot;
    const body = isSecond && instead !== null ? instead : honest.get(slot);
    await route.fulfill({ status: 200, contentType: 'application/octet-stream', body });
  });
  assert.deepEqual(await savedFile(page, 'film.bin'), FILM);
  assert.deepEqual(await savedFile(page, 'note.txt'), NOTE);
  const [first, second, note] = honest.values();
  assert.equal(honest.size, 3);

  const downloads = [];
  page.on('download', (download) => downloads.push(download));
  for (const [what, [answer, sentence]] of Object.entries(ANSWERS)) {
    instead = answer({ first, second, note });
    await page.click(saveButton('film.bin'));
    await page.waitForSelector(`.letters >> text=${sentence} Nothing was saved.`);
    assert.deepEqual(downloads, [], what);
    assert.equal(await page.textContent(saveButton('film.bin')), 'Save', what);
  }
  instead = null;
  assert.deepEqual(await savedFile(page, 'film.bin'), FILM);
  await context.close();
});
