// Foreign vectors and our own frozen ones, in the builds that browsers get: each comes to exactly
// what it comes to natively. Derivations, encapsulation with given randomness and opening are
// among the frozen ones, so their bytes are equal in every build.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as cctv from 'cctv-age';
import { builds } from './builds.mjs';

const FROZEN = join(import.meta.dirname, '..', 'vectors/crypto-core');
/** As many as the pinned version of the package has. */
const FOREIGN = 143;
const DEVIATING = ['armor_whitespace_outside', 'stanza_missing_body', 'stanza_missing_final_line'];
const KINDS = ['codename', 'envelope', 'hybrid', 'message', 'part', 'reporter-keys', 'slots'];

let built;
before(async () => {
  built = await builds();
});

const lines = (text) => text.split('\n').filter((line) => line !== '');

for (const name of ['WebAssembly', 'plain JavaScript']) {
  describe(name, () => {
    test('every vector of age comes to what it expects, but for the known deviations', () => {
      const vectors = new built[name].Vectors();
      for (const [vector, bytes] of Object.entries(cctv)) vectors.add(vector, bytes);
      assert.equal(Object.keys(cctv).length, FOREIGN);
      assert.deepEqual(lines(vectors.failures()), []);
      assert.deepEqual(lines(vectors.deviating()).sort(), DEVIATING);
      assert.equal(vectors.passed(), FOREIGN);
    });

    test('an altered vector fails', () => {
      const vectors = new built[name].Vectors();
      const honest = new TextDecoder('latin1').decode(cctv.x25519);
      const altered = honest.replace('expect: success', 'expect: no match');
      vectors.add('altered', Uint8Array.from(altered, (letter) => letter.charCodeAt(0)));
      assert.equal(vectors.passed(), 0);
      assert.match(vectors.failures(), /^altered: expected no match, got success$/);
    });

    test('our frozen vectors hold', async () => {
      const files = (await readdir(FROZEN)).filter((file) => file.endsWith('.json'));
      const kinds = new Set();
      for (const file of files) kinds.add(built[name].frozen(file, await readFile(join(FROZEN, file), 'utf8')));
      assert.deepEqual([...kinds].sort(), KINDS);
    });

    test('the primitives come to what Wycheproof and the specifications say', () => {
      const checks = lines(built[name].checks());
      assert.ok(checks.length >= 11);
      for (const check of checks) built[name].check(check);
    });
  });
}
