// Runs the test files, some side by side, for most of them mostly wait. Each lane has one instance
// for all its files: to start one takes longer than most of them take. Names of files may be given; a
// single file also runs with `node --test FILE`.
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { newWorld } from './world.mjs';

const LANES = 2;
const folder = fileURLToPath(new URL('.', import.meta.url));
const given = process.argv.slice(2);
const all = (await readdir(folder)).filter((name) => name.endsWith('.test.mjs')).sort();
const waiting = given.length > 0 ? given : all;
let good = true;

/** Runs one file, and shows what it said when it has ended, so that each can be read. */
async function run(file, world) {
  const tests = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
    cwd: folder,
    env: { ...process.env, BEISTAND_WORLD: world.handle },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [tests.stdout, tests.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const code = await new Promise((ended) => tests.once('close', ended));
  process.stdout.write(`# ${file}\n${Buffer.concat(said)}`);
  good &&= code === 0;
}

async function lane(number) {
  const world = await newWorld(`Beispiel Help Desk ${number}`);
  try {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await run(file, world);
  } finally {
    await world.stop();
  }
}

const lanes = Math.min(LANES, waiting.length);
const ended = await Promise.allSettled(Array.from({ length: lanes }, (_, number) => lane(number + 1)));
for (const { reason } of ended.filter(({ status }) => status === 'rejected')) console.error(reason);
process.exitCode = good && ended.every(({ status }) => status === 'fulfilled') ? 0 : 1;
