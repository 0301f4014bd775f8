// Bundles the unit tests (they are TypeScript) and runs them with Node's own test runner.
import { build } from 'esbuild';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { languages } from '../languages.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = await mkdtemp(join(tmpdir(), 'beistand-web-test-'));
const tests = (await readdir(here)).filter((name) => name.endsWith('.test.ts')).sort();
await build({
  entryPoints: tests.map((name) => join(here, name)),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node18',
  plugins: [languages()],
  logLevel: 'warning',
});
const run = spawnSync(
  process.execPath,
  ['--test', ...tests.map((name) => join(out, name.replace(/\.ts$/, '.mjs')))],
  { stdio: 'inherit', cwd: here },
);
await rm(out, { recursive: true, force: true });
process.exit(run.status ?? 1);
