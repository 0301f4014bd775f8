// Runs the test files one after another against one instance, which takes longer to start than most
// of them take. Names of files may be given; a single file also runs with `node --test FILE`.
import { spawn } from 'node:child_process';
import { newWorld } from './world.mjs';

const world = await newWorld('Beispiel Help Desk');
const tests = spawn(process.execPath, ['--test', '--test-concurrency=1', ...process.argv.slice(2)], {
  cwd: import.meta.dirname ?? new URL('.', import.meta.url).pathname,
  env: { ...process.env, BEISTAND_WORLD: world.handle },
  stdio: 'inherit',
});
const code = await new Promise((ended) => tests.once('exit', (status) => ended(status ?? 1)));
await world.stop();
process.exit(code);
