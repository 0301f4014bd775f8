// Our cryptography without WebAssembly: what wasm-bindgen made for bundlers becomes one module of
// plain JavaScript. That takes a while, so what was made stays until something has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const BINARYEN = dirname(createRequire(import.meta.url).resolve('binaryen/package.json'));

/**
 * Arithmetic that wasm2js spells out in full for numbers of 64 bits. Where nothing is compiled to
 * machine code every operation counts, and these are most of an X25519 and of a Keccak.
 * Numbers of 64 bits are pairs of a lower and a higher half; the higher one of a result goes into
 * the variable that wasm2js has for it.
 */
export const HELPERS = {
  // The product of the lower halves has up to 64 bits, of which a double keeps 53: too few for the
  // lower half, which imul gives, but enough for the higher one, once the lower is taken off.
  __wasm_i64_mul: `(a, aHigh, b, bHigh) {
    var low = Math_imul(a, b);
    var high = ((a >>> 0) * (b >>> 0) - (low >>> 0)) / 4294967296 + 0.5;
    if (aHigh | bHigh) high = (high | 0) + Math_imul(aHigh, b) + Math_imul(a, bHigh);
    i64toi32_i32$HIGH_BITS = high | 0;
    return low;
  }`,
  // Shifting by 32 would shift by 0: so the last step is made apart.
  __wasm_rotl_i64: `(low, high, by) {
    if (by & 32) { var half = low; low = high; high = half; }
    by = by & 31;
    i64toi32_i32$HIGH_BITS = high << by | low >>> 1 >>> (31 - by);
    return low << by | high >>> 1 >>> (31 - by);
  }`,
  __wasm_rotl_i32: `(word, by) {
    return word << by | word >>> (32 - by);
  }`,
};

/**
 * WebAssembly detaches its old memory when it grows, and the glue sees by that when its views are
 * stale. Here the old one would stay as it is: so it is wiped, then detached by giving it away.
 */
const GROWN = 'newHEAP8.set(HEAP8);';
const GROWN_LIKE_WEBASSEMBLY = `${GROWN}
   HEAP8.fill(0);
   new MessageChannel().port1.postMessage(null, [buffer]);`;

function replaced(text, pattern, by) {
  const after = text.replace(pattern, by);
  if (after === text) throw new Error(`wasm2js no longer writes ${pattern}`);
  return after;
}

function mendedScript(text) {
  let script = replaced(text, GROWN, () => GROWN_LIKE_WEBASSEMBLY);
  for (const [name, better] of Object.entries(HELPERS)) {
    script = replaced(script, new RegExp(`function ${name}\\([\\s\\S]*?\\n \\}\\n`), () => `function ${name}${better}\n`);
  }
  return script;
}

/** wasm2js on one file. */
async function translated(module, script) {
  const program = join(BINARYEN, 'bin/wasm2js');
  const run = spawnSync(process.execPath, [program, module, '-O1', '-o', script], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`wasm2js: ${run.error ?? run.stderr}`);
  return mendedScript(await readFile(script, 'utf8'));
}

async function fingerprint(folder) {
  const hash = createHash('sha256');
  const parts = ['beistand_bg.wasm', 'beistand_bg.js', 'beistand.js'].map((name) => join(folder, name));
  for (const file of [...parts, fileURLToPath(import.meta.url), join(BINARYEN, 'package.json')]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex');
}

/** Makes `out`, an ES module, of the module and the glue that lie in `folder`. */
export async function plainModule(folder, out) {
  const made = `// ${await fingerprint(folder)}\n`;
  const before = await readFile(out, 'utf8').catch(() => '');
  if (before.startsWith(made)) return;
  const scratch = await mkdtemp(join(tmpdir(), 'beistand-plain-'));
  try {
    const module = join(folder, 'beistand_bg.wasm');
    const script = await translated(module, join(scratch, 'translated.js'));
    const glue = join(folder, 'beistand_bg.js');
    const pieces = {
      name: 'pieces',
      setup({ onLoad, onResolve }) {
        onResolve({ filter: /^\.\/beistand_bg\.js$/ }, () => ({ path: glue }));
        onLoad({ filter: /beistand_bg\.wasm$/ }, () => ({ contents: script, loader: 'js', resolveDir: folder }));
      },
    };
    const bundle = await build({
      entryPoints: [join(folder, 'beistand.js')],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      plugins: [pieces],
      logLevel: 'warning',
    });
    await writeFile(out, made + bundle.outputFiles[0].text);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
