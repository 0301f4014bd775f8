import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Trouble, sentenceFor } from '../reporter/trouble.ts';

/** Codes that point at one of the 12 fields; the page for returning explains them there. */
const EXPLAINED_AT_THE_WORDS = ['word-unknown', 'words-count'];

test('every failure of client-wasm has a sentence of its own', async () => {
  // The tests run with this folder as their working directory.
  const source = await readFile('../../client-wasm/src/failure.rs', 'utf8');
  const codes = new Set([...source.matchAll(/"([a-z]+(?:-[a-z]+)*)"/g)].map((match) => match[1] ?? ''));
  assert.ok(codes.has('roster-expired') && codes.size > 10, 'the codes were found');
  for (const code of codes) {
    if (code === 'internal' || EXPLAINED_AT_THE_WORDS.includes(code)) continue;
    assert.notEqual(sentenceFor(new Trouble(code)), 'trouble-unknown', code);
  }
});
