// Many files at once, both ways: as many as a letter takes, each saved byte by byte under a name that
// harms nobody; and what is too large or too many is refused before anything is sent.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { open as openFile, readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withFolder, withWorld } from './held.mjs';
import { STORY, chooseFiles, findsCase, open, readsAfterAWhile, savedFile, send } from './steps.mjs';

const MOST = 20;
const LARGEST = 64 << 20;

const chromium = withChromium();
const world = withWorld();
const inFolder = withFolder();

/** Names that a counselor's files have, and those under which the page saves them. */
const NAMES = [
  ['filmgpj.exe', 'film\u202Egpj.exe'],
  ['hidden', '.hidden'],
  ['_nul.txt', 'nul.txt'],
  ['_.._etc_passwd', '..\\..\\etc\\passwd'],
  ['what_.html', 'what?.html'],
  ...Array.from({ length: MOST - 5 }, (_, number) => [`${number}.bin`, `${number}.bin`]),
];

test('twenty files of a counselor arrive in the conversation and are saved as they were', async () => {
  const { page, context, complaints } = await chromium.visitor();
  await open(page, world);
  await page.fill(STORY, 'Please send me the forms.');
  const words = await send(page);
  const number = await findsCase(world, 1, 'Please send me the forms.');
  const files = NAMES.map(([safe, name], place) => ({ safe, path: inFolder(name), content: randomBytes(1 + 997 * place) }));
  for (const { path, content } of files) await writeFile(path, content);
  const attach = files.flatMap(({ path }) => ['--attach', path]);
  await writeFile(inFolder('answer'), 'Here they are.');
  world.desk(1).verb('reply', number, '--text', inFolder('answer'), ...attach);

  await readsAfterAWhile(page, world, words, 'Here they are.');
  assert.equal(await page.locator('.letters .file').count(), MOST);
  for (const { safe, content } of files) assert.deepEqual(await savedFile(page, safe), content, safe);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('twenty files go with one report; what is too large or too many is refused before', async () => {
  const { page, context } = await chromium.visitor();
  const posts = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await open(page, world);
  await page.fill(STORY, 'With twenty files.');
  // As large as it says, and nothing in it: not even the browser reads it.
  const large = inFolder('large.iso');
  const file = await openFile(large, 'w');
  await file.truncate(LARGEST + 1);
  await file.close();
  const place = page.locator('#report-form .files');
  await page.setInputFiles('#report-form input[type=file]', large);
  await place.locator('text=“large.iso” is too large: a file may have up to 67 MB.').waitFor();
  assert.equal(await place.locator('.file').count(), 0);

  const contents = Array.from({ length: MOST + 1 }, (_, number) => randomBytes(100 + number));
  await chooseFiles(page, ...contents.map((buffer, at) => ({ name: `${at}.bin`, mimeType: '', buffer })));
  await place.locator('text=These are as many files as one message can carry.').waitFor();
  assert.equal(await place.locator('.file').count(), MOST);
  assert.deepEqual(posts, [], 'nothing was sent so far');
  await send(page);
  assert.equal(posts.filter((url) => url.endsWith('/v1/parts')).length, MOST);

  const number = await findsCase(world, 2, 'With twenty files.');
  const { attachments } = world.desk(2).show(number).messages[0];
  const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
  assert.deepEqual(attachments.map((one) => one.sha256), contents.slice(0, MOST).map(sha256));
  const id = attachments[MOST - 1].sha256.slice(0, 8);
  const { file: saved } = world.desk(2).verb('save', number, id, '--folder', inFolder('.'));
  assert.deepEqual(await readFile(saved), contents[MOST - 1]);
  await context.close();
});
