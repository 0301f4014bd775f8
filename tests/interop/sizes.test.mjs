// A thousand files of all sizes, to one or several recipients, as they are and in armor: what we
// seal another implementation opens, and what it seals we open, byte by byte.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Decrypter, Encrypter, armor, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { built } from './ours.mjs';

const FILES = 1_000;
const CHUNK = 65_536;
const LONGEST = 2 * CHUNK + 1_000;

const folder = mkdtempSync(join(tmpdir(), 'beistand-sizes-'));
const path = (name) => join(folder, name);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

let program;
/** Our side: one line an answer. */
function ours(jobs) {
  program ??= built('beistand-bulk');
  const text = execFileSync(program, [], {
    encoding: 'utf8',
    input: jobs.map((job) => `${job}\n`).join(''),
    maxBuffer: 1 << 26,
  });
  const answers = text.trimEnd().split('\n');
  assert.equal(answers.length, jobs.length);
  return answers;
}

/** What has broken others: nothing, a byte, and both sides of every end of a chunk. */
function sizes() {
  const chosen = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1];
  while (chosen.length < FILES) {
    // Many are short, as messages are.
    chosen.push(randomInt(4) === 0 ? randomInt(LONGEST) : randomInt(8_192));
  }
  return chosen;
}

/** Files with one to three readers, every second of them in armor. */
const files = sizes().map((size, number) => ({
  number,
  plain: randomBytes(size),
  readers: [0, 1, 2].slice(0, 1 + randomInt(3)),
  armored: number % 2 === 1,
}));

/** Three pairs of keys: two made by us, one made by them. */
const pairs = [];

before(
  async () => {
    const made = ours([1, 2].map((seed) => `keys ${String(seed).repeat(64)}`));
    for (const [identity, recipient] of made.map((line) => line.split(' '))) {
      assert.equal(await identityToRecipient(identity), recipient);
      pairs.push({ identity, recipient });
    }
    const identity = await generateHybridIdentity();
    pairs.push({ identity, recipient: await identityToRecipient(identity) });
  },
  { timeout: 20 * 60_000 },
);
after(() => rmSync(folder, { recursive: true }));

test('they open what we seal', async () => {
  const answers = ours(
    files.map(({ number, plain, readers, armored }) => {
      writeFileSync(path(`${number}.plain`), plain);
      const form = armored ? 'armored' : 'binary';
      const recipients = readers.map((reader) => pairs[reader].recipient).join(' ');
      return `seal ${form} ${path(`${number}.plain`)} ${path(`${number}.ours`)} ${recipients}`;
    }),
  );
  assert.ok(answers.every((answer) => answer === 'sealed'));
  for (const { number, plain, readers, armored } of files) {
    const sealed = readFileSync(path(`${number}.ours`));
    const decrypter = new Decrypter();
    decrypter.addIdentity(pairs[readers[number % readers.length]].identity);
    const opened = await decrypter.decrypt(armored ? armor.decode(sealed.toString()) : sealed);
    assert.ok(plain.equals(opened), `${plain.length} bytes to ${readers.length}`);
  }
});

test('we open what they seal', async () => {
  const jobs = [];
  for (const { number, plain, readers, armored } of files) {
    const encrypter = new Encrypter();
    for (const reader of readers) encrypter.addRecipient(pairs[reader].recipient);
    const sealed = await encrypter.encrypt(plain);
    writeFileSync(path(`${number}.theirs`), armored ? armor.encode(sealed) : sealed);
    const { identity } = pairs[readers[number % readers.length]];
    jobs.push(`open ${identity} ${path(`${number}.theirs`)}`);
  }
  const answers = ours(jobs);
  for (const { number, plain, readers } of files) {
    const expected = `${plain.length} ${sha256(plain)}`;
    assert.equal(answers[number], expected, `${plain.length} bytes to ${readers.length}`);
  }
});

test('who is not among the recipients opens nothing, on either side', async () => {
  const alone = files.filter(({ readers }) => readers.length === 1).slice(0, 20);
  assert.ok(alone.length > 0);
  const jobs = alone.map(({ number }) => `open ${pairs[1].identity} ${path(`${number}.theirs`)}`);
  assert.ok(ours(jobs).every((answer) => answer === 'closed'));
  for (const { number, armored } of alone) {
    const sealed = readFileSync(path(`${number}.ours`));
    const decrypter = new Decrypter();
    decrypter.addIdentity(pairs[1].identity);
    const bytes = armored ? armor.decode(sealed.toString()) : sealed;
    await assert.rejects(decrypter.decrypt(bytes));
  }
});
