// The largest file there can be, all the way: chosen in a browser, sealed and sent by the site, saved
// on a desk and in another visit. Prints how long it took and how much memory the page's process and
// the browser's own had more than before; the bars stand beside the figures.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { STORY, findsCase, open, readsAfterAWhile, saveButton } from '../steps.mjs';
import { startWorld } from '../world.mjs';

const MIB = 1 << 20;
const SIZE = Number(process.env.BEISTAND_FILE_MIB ?? 64) * MIB;
const SAMPLE_MILLISECONDS = 20;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const row = (name, figure, bar = '') => console.log(`${name.padEnd(44)} ${figure.padStart(14)}   ${bar}`);
const mebi = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;

/** Memory of processes that no file stands behind, in bytes. */
async function memoryOf(ids) {
  const statuses = await Promise.all(ids.map((id) => readFile(`/proc/${id}/status`, 'utf8').catch(() => '')));
  const kib = (status, name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))?.[1] ?? 0);
  return statuses.reduce((sum, status) => sum + kib(status, 'RssAnon') + kib(status, 'RssShmem'), 0) * 1024;
}

/** Watches the memory of processes: `peak` is the most they had more than in the beginning. */
async function watching(ids) {
  const before = await memoryOf(ids);
  const watch = { peak: 0, end: () => clearInterval(timer) };
  const timer = setInterval(async () => {
    watch.peak = Math.max(watch.peak, (await memoryOf(ids)) - before);
  }, SAMPLE_MILLISECONDS);
  return watch;
}

/** What `work` gives, with its seconds and the memory that page and browser needed for it. */
async function measured(what, work) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const idsOf = (type) => processInfo.filter((one) => one.type === type).map((one) => one.id);
  // One of the renderers is the page, which may be another one than last time; others stand by empty.
  const watches = { page: await watching(idsOf('renderer')), browser: await watching(idsOf('browser')) };
  const from = performance.now();
  const given = await work();
  const seconds = (performance.now() - from) / 1000;
  for (const watch of Object.values(watches)) watch.end();
  row(what, `${seconds.toFixed(1)} s`, `${(SIZE / MIB / seconds).toFixed(0)} MiB/s`);
  row('  memory of the page above before', mebi(watches.page.peak), 'bar: 64 MiB at most, the file itself not counted');
  row('  memory of the browser above before', mebi(watches.browser.peak));
  return given;
}

const world = await startWorld();
const folder = await mkdtemp(join(tmpdir(), 'beistand-file-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const session = await browser.newBrowserCDPSession();
try {
  const content = randomBytes(SIZE);
  const digest = sha256(content);
  await writeFile(join(folder, 'largest.bin'), content);
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(0);
  await open(page, world);

  await page.fill(STORY, 'The largest file.');
  const words = await measured('chosen, sealed and sent', async () => {
    await page.setInputFiles('#report-form input[type=file]', join(folder, 'largest.bin'));
    await page.waitForSelector('text=This kind of file is sent as it is.');
    await page.click('#report-form button[type=submit]');
    await page.waitForSelector('.words');
    return page.$$eval('.words__word', (all) => all.map((word) => word.textContent));
  });

  const number = await findsCase(world, 1, 'The largest file.');
  const from = performance.now();
  const { file } = world.desk(1).verb('save', number, digest.slice(0, 8), '--folder', folder);
  row('saved on a desk', `${((performance.now() - from) / 1000).toFixed(1)} s`);
  row('  the same bytes', sha256(await readFile(file)) === digest ? 'yes' : 'NO', 'by SHA-256');

  await readsAfterAWhile(page, world, words, 'The largest file.');
  const download = await measured('fetched, opened and saved in a browser', async () => {
    const [begun] = await Promise.all([page.waitForEvent('download'), page.click(saveButton('largest.bin'))]);
    await begun.path();
    return begun;
  });
  row('  the same bytes', sha256(await readFile(await download.path())) === digest ? 'yes' : 'NO', 'by SHA-256');
} finally {
  await browser.close();
  await world.stop();
  await rm(folder, { recursive: true, force: true });
}
