// The module, made smaller by binaryen. That takes a while, so what was made stays beside it until
// something has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARYEN = dirname(createRequire(import.meta.url).resolve('binaryen/package.json'));

/** What rustc's WebAssembly uses. Told that all is allowed, binaryen makes what browsers refuse. */
const FEATURES = [
  'bulk-memory',
  'bulk-memory-opt',
  'call-indirect-overlong',
  'extended-const',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
];

/** Functions, computations and data stay where they are: what is moved, split or done once instead of twice
 * no longer resembles its like, and the module grows once it is compressed. */
const PASSES = [
  '-Os',
  '--one-caller-inline-max-function-size=0',
  '--always-inline-max-function-size=0',
  '--skip-pass=local-cse',
  '--skip-pass=simplify-locals',
  '--skip-pass=memory-packing',
  '--reorder-locals',
  '--vacuum',
];

async function fingerprint(module) {
  const hash = createHash('sha256');
  for (const file of [module, fileURLToPath(import.meta.url), join(BINARYEN, 'package.json')]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The bytes of the module in `folder`, made smaller. */
export async function smallerModule(folder) {
  const module = join(folder, 'beistand_bg.wasm');
  const made = join(folder, `smaller-${await fingerprint(module)}.wasm`);
  if (!existsSync(made)) {
    const earlier = (await readdir(folder)).filter((name) => name.startsWith('smaller-'));
    await Promise.all(earlier.map((name) => rm(join(folder, name))));
    const features = FEATURES.map((feature) => `--enable-${feature}`);
    const program = join(BINARYEN, 'bin/wasm-opt');
    const unfinished = `${made}.unfinished`;
    const run = spawnSync(process.execPath, [program, module, ...features, ...PASSES, '-o', unfinished], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`wasm-opt: ${run.error ?? run.stderr}`);
    await rename(unfinished, made);
  }
  return await readFile(made);
}
