// Sealing in a browser, beside another implementation of age in the same page: envelopes and files
// by the site's own Workers, files by typage, all to the same kind of recipient. Prints a table;
// the bars stand beside the figures, for whoever reads them.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { STORY, open, send } from '../steps.mjs';
import { startWorld } from '../world.mjs';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SITE = join(ROOT, 'target', 'site');
const MIB = 1 << 20;
/** A file of the largest size there is, but for what rounds the number of parts up. */
const FILE = 32 * (MIB - 4096);
const ENVELOPES = 40;
const ENVELOPES_SLOWLY = 3;
/** How long one takes is chance; the mean of so many is within a quarter or so. */
const STAMPS = 16;

/** What `contents` exports, as one script for a page, under this name. */
async function script(globalName, contents, folder) {
  const { build } = createRequire(join(ROOT, 'web', 'package.json'))('esbuild');
  const bundle = await build({
    stdin: { contents, resolveDir: join(ROOT, ...folder), loader: 'ts' },
    bundle: true,
    format: 'iife',
    globalName,
    minify: true,
    write: false,
  });
  return bundle.outputFiles[0].contents;
}

/** The foreign implementation, and what of the site speaks with its Workers. */
const SCRIPTS = {
  '/typage.js': await script('typage', "export * from 'age-encryption';", ['tests', 'interop']),
  '/site.js': await script(
    'site',
    "export { Engine } from './engine.ts'; export { FileSending } from './files/sending.ts'; export { published } from './server.ts';",
    ['web', 'reporter'],
  ),
};
const PAGE = `<!doctype html>${Object.keys(SCRIPTS).map((path) => `<script src="${path}"></script>`).join('')}`;

/** A page without the site's policy, beside the site's Workers and the files a visit begins with. */
async function stage(world) {
  const server = createServer(async (request, response) => {
    const send = (type, body) => response.writeHead(200, { 'Content-Type': type }).end(body);
    const path = request.url.split('?')[0];
    if (path === '/') return send('text/html', PAGE);
    if (path in SCRIPTS) return send('text/javascript', SCRIPTS[path]);
    if (path.startsWith('/v1/') || path === '/instance.json') {
      const answer = await fetch(world.url + request.url);
      return send('application/octet-stream', Buffer.from(await answer.arrayBuffer()));
    }
    try {
      const type = path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
      return send(type, await readFile(join(SITE, path.slice(1))));
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${server.address().port}/`, end: () => server.close() };
}

/** Runs in the page: the site's Worker, or what it becomes without WebAssembly, ready to seal. */
async function begin() {
  globalThis.engine = new site.Engine();
  globalThis.call = (op, args) => engine.call(op, args);
  /** Once more where an epoch closed in between, as a visit does. */
  const open = async (tries = 4) => {
    try {
      return await call('open', { ...(await site.published()), now: Math.floor(Date.now() / 1000) });
    } catch (error) {
      if (error.code !== 'mismatch' || tries === 1) throw error;
      return open(tries - 1);
    }
  };
  const opened = await open();
  await call('new-codename', {});
  globalThis.readers = opened.view.members.map((member) => member.serial);
}

/** Runs in the page: milliseconds for one envelope, the median of `count`. */
async function envelopes(count) {
  const times = [];
  for (let made = 0; made < count; made += 1) {
    const from = performance.now();
    await call('compose-report', { readers, body: { text: 'Something happened.' }, files: [] });
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[Math.floor(count / 2)];
}

/** Runs in the page: the mean of the seconds in which a stamp of so many bits is found, over `count` envelopes. */
async function stamps({ bits, count }) {
  let seconds = 0;
  for (let found = 0; found < count; found += 1) {
    const { envelope } = await call('compose-decoy', {});
    await call('demand', { envelope, bits });
    const from = performance.now();
    await call('stamp', { envelope });
    seconds += (performance.now() - from) / 1000;
  }
  return seconds / count;
}

/** Runs in the page: seconds for a file in parts, as the site sends it, but to a server that only nods. */
async function parts(size) {
  const nodding = {
    get second() {
      return engine.second;
    },
    call: (op, args) => (op === 'verify-promise' ? {} : engine.call(op, args)),
  };
  const bytes = new Blob([new Uint8Array(size)]);
  const what = { name: 'a.bin', type: '', bytes, kept_original: true, removed: [] };
  const sending = new site.FileSending({ engine: nodding, putPart: async (frame) => frame }, false, what);
  const from = performance.now();
  const file = await sending.send(() => undefined);
  const seconds = (performance.now() - from) / 1000;
  await call('forget-file', { file });
  return seconds;
}

/** Runs in the page: seconds for the same bytes, out of a Blob too, as one age file by typage. */
async function peer(size) {
  const recipient = await typage.identityToRecipient(await typage.generateHybridIdentity());
  const bytes = new Blob([new Uint8Array(size)]);
  const encrypter = new typage.Encrypter();
  encrypter.addRecipient(recipient);
  const from = performance.now();
  await encrypter.encrypt(new Uint8Array(await bytes.arrayBuffer()));
  return (performance.now() - from) / 1000;
}

async function browser(args) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
}

async function inPage(url, args, work) {
  const started = await browser(args);
  try {
    const page = await started.newPage();
    page.setDefaultTimeout(0);
    await page.goto(url);
    await page.evaluate(begin);
    return await work(page);
  } finally {
    await started.close();
  }
}

/** Seconds from pressing the button to the twelve words, on the site itself. */
async function filing(world, args) {
  const started = await browser(args);
  try {
    const page = await started.newPage({ locale: 'en-GB' });
    page.setDefaultTimeout(0);
    await open(page, world);
    await page.fill(STORY, 'Something happened.');
    const from = performance.now();
    await send(page);
    return (performance.now() - from) / 1000;
  } finally {
    await started.close();
  }
}

const row = (name, figure, bar) => console.log(`${name.padEnd(44)} ${figure.padStart(14)}   ${bar}`);

const world = await startWorld();
const site = await stage(world);
try {
  await inPage(site.url, [], async (page) => {
    await page.evaluate(envelopes, 3);
    const envelope = await page.evaluate(envelopes, ENVELOPES);
    row('an envelope, WebAssembly', `${envelope.toFixed(1)} ms`, 'bar: 25 ms at most');
    const [ours, theirs] = [[], []];
    for (let round = 0; round < 3; round += 1) {
      ours.push(await page.evaluate(parts, FILE));
      theirs.push(await page.evaluate(peer, FILE));
    }
    const rate = (times) => FILE / MIB / times.sort((a, b) => a - b)[1];
    row('a file in parts, WebAssembly', `${rate(ours).toFixed(0)} MiB/s`, '');
    row('the same bytes, typage', `${rate(theirs).toFixed(0)} MiB/s`, '');
    row('ours by theirs', (rate(ours) / rate(theirs)).toFixed(2), 'bar: 1.5 at least');
  });
  await inPage(site.url, ['--js-flags=--jitless'], async (page) => {
    const envelope = await page.evaluate(envelopes, ENVELOPES_SLOWLY);
    row('an envelope, plain JavaScript without a JIT', `${(envelope / 1000).toFixed(1)} s`, 'bar: 3 s at most');
    // The instance asks for 12 at most; each further bit takes twice as long.
    const stamp = 4 * (await page.evaluate(stamps, { bits: 12, count: STAMPS }));
    row('a stamp of 14 bits, computed from 12, likewise', `${stamp.toFixed(1)} s`, 'bar: 5 s at most');
  });
  row('filing a report, WebAssembly', `${(await filing(world, [])).toFixed(1)} s`, '');
  row('filing a report without a JIT', `${(await filing(world, ['--js-flags=--jitless'])).toFixed(1)} s`, '');
} finally {
  site.end();
  await world.stop();
}
