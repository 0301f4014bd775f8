// Builds the reporter's site into web/dist: plain static files, no templating.
// `--wasm DIR`, `--plain DIR` and `--out DIR` name other folders than target/wasm,
// target/wasm-plain and dist.
import { build } from 'esbuild';
import { cp, mkdir, readFile, rm, writeFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { languages, readLanguages } from './languages.mjs';
import { pagesWithoutScript } from './no-script.mjs';
import { withoutUnused } from './tokens.mjs';
import { plainModule } from './plain.mjs';

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
await cp(join(wasm, 'beistand_bg.wasm'), join(dist, 'beistand_bg.wasm'));

const shared = {
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2020', 'firefox115', 'safari15'],
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [languages()],
};
await build({ ...shared, entryPoints: [join(here, 'reporter/main.ts')], outfile: join(dist, 'reporter.js') });
const styles = await build({ ...shared, entryPoints: [join(here, 'reporter/styles/site.css')], write: false });
await writeFile(join(dist, 'reporter.css'), withoutUnused(styles.outputFiles[0].text));

// The Worker is one classic script: the glue of wasm-bindgen first, then ours.
// So it needs no importScripts and no Trusted Types policy of its own.
const worker = await build({ ...shared, entryPoints: [join(here, 'reporter/worker.ts')], write: false });
const glue = await readFile(join(wasm, 'beistand.js'), 'utf8');
await writeFile(join(dist, 'worker.js'), `${glue}\n${worker.outputFiles[0].text}`);

// The Worker for browsers without WebAssembly; nobody else ever loads it.
const translated = join(plain, 'plain.mjs');
await plainModule(plain, translated);
await build({
  ...shared,
  entryPoints: [join(here, 'reporter/plain-worker.ts')],
  outfile: join(dist, 'plain-worker.js'),
  alias: { 'client-wasm-plain': translated },
});

let before = 0;
for (const name of (await readdir(dist)).sort()) {
  const bytes = await readFile(join(dist, name));
  const packed = gzipSync(bytes, { level: 9 }).length;
  if (['index.html', 'reporter.js', 'reporter.css', 'icon.svg'].includes(name)) before += packed;
  console.log(`${name.padEnd(20)} ${String(bytes.length).padStart(8)} B  ${String(packed).padStart(7)} B gzip`);
}
console.log(`until one can type: ${before} B gzip`);
if (before > 60 * 1024) {
  console.error('error: the page is heavier than 60 KB before one can type');
  console.error('hint: look at what the last change pulled into reporter.js or reporter.css');
  process.exit(1);
}
