// Builds the reporter's site into web/dist: plain static files, no templating.
// `--wasm DIR`, `--plain DIR` and `--out DIR` name other folders than target/wasm,
// target/wasm-plain and dist.
import { build, transform } from 'esbuild';
import { cp, mkdir, readFile, rm, stat, writeFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { languages, readLanguages } from './languages.mjs';
import { pagesWithoutScript } from './no-script.mjs';
import { withoutUnused } from './unused.mjs';
import { plainModule } from './plain.mjs';
import { smallerModule } from './smaller.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: folders } = parseArgs({
  options: { wasm: { type: 'string' }, plain: { type: 'string' }, out: { type: 'string' } },
});
const wasm = folders.wasm ?? join(here, '..', 'target', 'wasm');
const plain = folders.plain ?? join(here, '..', 'target', 'wasm-plain');
const dist = folders.out ?? join(here, 'dist');

for (const folder of [wasm, plain]) {
  if (!existsSync(join(folder, 'beistand_bg.wasm'))) {
    console.error(`error: ${folder} has no beistand_bg.wasm: client-wasm has not been compiled yet`);
    console.error('hint: cargo xtask wasm');
    process.exit(1);
  }
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await cp(join(here, 'static'), dist, { recursive: true });
const page = await readFile(join(dist, 'index.html'), 'utf8');
await writeFile(join(dist, 'index.html'), page.replace('<!-- without JavaScript -->', pagesWithoutScript(await readLanguages())));
await writeFile(join(dist, 'beistand_bg.wasm'), await smallerModule(wasm));

const shared = {
  bundle: true,
  minify: true,
  format: 'iife',
  // Browsers of the year 2020 on; older ones would need private fields rewritten, at 1 KB.
  target: ['chrome85', 'firefox115', 'safari15'],
  // `?.` works from Chrome 80 on but for calls with a spread before another argument, which are not here.
  supported: { 'optional-chain': true },
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [languages()],
};
const script = join(dist, 'reporter.js');
await build({ ...shared, entryPoints: [join(here, 'reporter/main.ts')], outfile: script });
const styles = await build({ ...shared, entryPoints: [join(here, 'reporter/styles/site.css')], write: false });
await writeFile(join(dist, 'reporter.css'), withoutUnused(styles.outputFiles[0].text, [page, await readFile(script, 'utf8')]));

// The Worker is one classic script: the glue of wasm-bindgen first, then ours.
// So it needs no importScripts and no Trusted Types policy of its own.
const worker = await build({ ...shared, entryPoints: [join(here, 'reporter/worker.ts')], write: false });
const glue = await transform(await readFile(join(wasm, 'beistand.js'), 'utf8'), { minify: true, target: shared.target });
await writeFile(join(dist, 'worker.js'), glue.code + worker.outputFiles[0].text);

// The Worker for browsers without WebAssembly; nobody else ever loads it.
const translated = join(plain, 'plain.mjs');
await plainModule(plain, translated);
await build({
  ...shared,
  entryPoints: [join(here, 'reporter/plain-worker.ts')],
  outfile: join(dist, 'plain-worker.js'),
  alias: { 'client-wasm-plain': translated },
});

const PAGE = ['index.html', 'reporter.js', 'reporter.css', 'icon.svg'];
const KB = 1024;

/** With gzip, in bytes. */
async function weight(name) {
  return gzipSync(await readFile(join(dist, name)), { level: 9 }).length;
}

/** Says what these weigh together, and stops the build where it is too much. */
async function weigh(what, names, limit) {
  let bytes = 0;
  for (const name of names) bytes += await weight(name);
  console.log(`${what}: ${bytes} B gzip`);
  if (bytes <= limit * KB) return;
  console.error(`error: the site is heavier than ${limit} KB ${what}`);
  console.error('hint: look at what the last change pulled in; the list above says into which file');
  process.exit(1);
}

for (const name of (await readdir(dist)).sort()) {
  const { size } = await stat(join(dist, name));
  console.log(`${name.padEnd(20)} ${String(size).padStart(8)} B  ${String(await weight(name)).padStart(7)} B gzip`);
}
await weigh('until one can type', PAGE, 60);
