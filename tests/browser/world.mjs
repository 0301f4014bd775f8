// A real instance for the browser tests: the programs as they are built, a root key, three
// counselors with invented names, a server on a free port of this machine.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SITE = join(ROOT, 'web/dist');
const PASSPHRASE = 'a passphrase for tests only\n';
const EPOCH_SECONDS = 1;

export const COUNSELORS = [
  { serial: 1, name: 'Ada Beispiel', pronouns: 'she/her' },
  { serial: 2, name: 'Bo Muster', pronouns: 'they/them' },
  { serial: 3, name: 'Cem Fiktiv', pronouns: 'he/him' },
];

/** What an organisation signs; `name` tells two of them apart. */
const organisation = (name) => `
name = "${name}"
promise_days = 3
neutral_exit = "https://www.wikipedia.org/wiki/River"
[[helplines]]
country = "DE"
language = "de"
name = "Beispieltelefon"
contact = "0800 000 000"
[[other_ways]]
language = "en"
text = "Write to help@example.org."
[parameters]
epoch_seconds = ${EPOCH_SECONDS}
[parameters.stamps]
envelope_min = 8
envelope_max = 12
part = 4
fetch = 4
`;

/** Builds the programs, or takes those in the folder `BEISTAND_PROGRAMS`, and says where they lie. */
function programs() {
  const folder = process.env.BEISTAND_PROGRAMS;
  if (folder !== undefined) {
    return Object.fromEntries(['beistand', 'beistand-server'].map((name) => [name, join(folder, name)]));
  }
  const packages = ['beistand-server', 'beistand-reporter', 'beistand-counselor', 'beistand-auditor'];
  const output = execFileSync(
    'cargo',
    ['build', '--quiet', '--bins', '--message-format=json', ...packages.flatMap((name) => ['--package', name])],
    { cwd: ROOT, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const built = {};
  for (const line of output.toString().split('\n')) {
    const message = line.startsWith('{') ? JSON.parse(line) : {};
    if (message.executable) built[message.target.name] = message.executable;
  }
  return built;
}

/** Runs a program to its end; gives what it says as JSON where it does. */
function run(program, args, input = '') {
  const ended = spawnSync(program, args, { input });
  // EPIPE only says that this verb had no use for a passphrase.
  if (ended.status !== 0) throw new Error(`${basename(program)} ${args.join(' ')}: ${ended.stderr}`);
  const output = ended.stdout.toString();
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}

/** Waits until `look` gives something, as whoever waits for an epoch to close. */
export async function until(look, what) {
  for (let tries = 0; tries < 120; tries += 1) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((later) => setTimeout(later, 500));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** One counselor's program, as JSON in and out. */
function deskOf(beistand, folder, url, serial) {
  const verb = (...args) =>
    run(
      beistand,
      ['--vault', join(folder, `desk-${serial}`), '--passphrase-fd', '0', '--server', url, '--json', ...args],
      PASSPHRASE,
    );
  return {
    verb,
    sync: () => verb('sync'),
    /** The newest first. */
    cases: () => verb('list').cases.sort((one, other) => String(other.case).localeCompare(String(one.case), 'en', { numeric: true })),
    show: (number) => verb('show', number),
    async reply(number, text, status) {
      const answer = join(folder, 'answer');
      await writeFile(answer, text);
      return verb('reply', number, '--text', answer, ...(status ? ['--status', status] : []));
    },
  };
}

/**
 * An instance, in which `world.desk(serial)` is one counselor's program: the one that `run.mjs`
 * started for all files, where there is one, else a new one. Who gives a `name` always gets a new one.
 */
export async function startWorld(name) {
  const shared = process.env.BEISTAND_WORLD;
  if (name === undefined && shared !== undefined) {
    const { url, folder, beistand } = JSON.parse(shared);
    return { url, desk: (serial) => deskOf(beistand, folder, url, serial), stop: async () => undefined };
  }
  return newWorld(name ?? 'Beispiel Help Desk');
}

/** Starts an instance of its own. */
export async function newWorld(name) {
  const built = programs();
  const folder = await mkdtemp(join(tmpdir(), 'beistand-browser-'));
  const at = (name) => join(folder, name);
  const root = (...args) => run(built.beistand, ['--vault', at('root'), '--passphrase-fd', '0', '--json', 'root', ...args], PASSPHRASE);
  const instance = ['--instance', at('instance.json')];

  await writeFile(at('organisation.toml'), organisation(name));
  const { key } = root('new');
  root('init-instance', '--root', key, '--address', 'http://127.0.0.1:1', '--out', at('instance.json'));
  const log = run(built['beistand-server'], ['log-key', '--data', at('data'), ...instance]).toString().trim();

  const requests = COUNSELORS.flatMap(({ serial, name, pronouns }) => {
    const [invitation, request] = [at(`invitation-${serial}`), at(`request-${serial}`)];
    run(built.beistand, [
      ...['--json', 'invite', ...instance, '--serial', String(serial), '--name', name, '--pronouns', pronouns],
      ...['--language', 'de', '--language', 'en', '--out', invitation],
    ]);
    run(
      built.beistand,
      ['--vault', at(`desk-${serial}`), '--passphrase-fd', '0', '--json', 'join', invitation, '--out', request],
      PASSPHRASE,
    );
    return ['--add', request];
  });
  root('roster', ...instance, '--organisation', at('organisation.toml'), '--log', log, ...requests, '--first', '--out', at('draft'));
  root('sign', at('draft'), ...instance, '--out', at('roster'));

  const server = spawn(
    built['beistand-server'],
    ['serve', '--data', at('data'), ...instance, '--listen', '127.0.0.1:0', '--site', SITE],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await new Promise((ready) => createInterface(server.stdout).once('line', (...said) => ready(said)));
  const url = line.replace('listening on ', '').trim();
  run(built.beistand, ['--server', url, '--json', 'root', 'publish', at('roster'), ...instance]);

  const desk = (serial) => deskOf(built.beistand, folder, url, serial);
  // Prekeys go up with the first sync.
  for (const { serial } of COUNSELORS) await until(() => attempt(() => desk(serial).sync()), `the first sync of ${serial}`);

  return {
    url,
    desk,
    /** What `startWorld` of another process needs to find this one. */
    handle: JSON.stringify({ url, folder, beistand: built.beistand }),
    async stop() {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What `work` gives, or null where it fails: for what an epoch that has not closed yet refuses. */
function attempt(work) {
  try {
    return work() ?? true;
  } catch {
    return null;
  }
}
