// Envelopes are age files: another implementation, with a key that `beistand keys export` wrote,
// opens what our programs sealed, and we open what it encrypts to our recipient. So nobody
// depends on Beistand to read what was written to them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { built } from './ours.mjs';

const folder = mkdtempSync(join(tmpdir(), 'beistand-interop-'));

let program;
const ours = (verb) => execFileSync(program, [verb, folder], { encoding: 'utf8' });

function identities() {
  const lines = readFileSync(join(folder, 'keys.txt'), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('AGE-SECRET-KEY-PQ-1'));
}

before(
  () => {
    program = built('beistand-interop');
    ours('make');
  },
  { timeout: 20 * 60_000 },
);
after(() => rmSync(folder, { recursive: true }));

test('a stock age library opens a report with an exported key', async () => {
  const envelopes = readdirSync(join(folder, 'envelopes'));
  assert.equal(envelopes.length, 1);
  const envelope = readFileSync(join(folder, 'envelopes', envelopes[0]));
  assert.equal(envelope.length, 81_920);
  const decrypter = new Decrypter();
  for (const identity of identities()) decrypter.addIdentity(identity);
  const plaintext = await decrypter.decrypt(envelope, 'text');
  const [line1, line2, ...padding] = plaintext.split('\n');
  const message = JSON.parse(line1);
  assert.equal(message.v, 1);
  assert.equal(message.kind, 'report');
  assert.equal(message.body.text, 'Etwas ist passiert: \u{1f9e9} "quoted"');
  assert.match(JSON.parse(line2).sig, /^[A-Za-z0-9+/]{86}==$/);
  assert.match(padding.join('\n'), /^ *\n$/);
  assert.equal(`${message.slot}.age`, envelopes[0]);
});

test('another key does not open it', async () => {
  const [name] = readdirSync(join(folder, 'envelopes'));
  const decrypter = new Decrypter();
  decrypter.addIdentity(await generateHybridIdentity());
  await assert.rejects(decrypter.decrypt(readFileSync(join(folder, 'envelopes', name))));
});

test('we open what a stock age library encrypts to our recipient', async () => {
  const recipient = readFileSync(join(folder, 'recipient.txt'), 'utf8');
  assert.equal(await identityToRecipient(identities()[0]), recipient);
  const text = `from elsewhere ${'ä'.repeat(100_000)}\n`;
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  encrypter.addRecipient(await identityToRecipient(await generateHybridIdentity()));
  writeFileSync(join(folder, 'theirs.age'), await encrypter.encrypt(text));
  assert.equal(ours('open'), text);
});
