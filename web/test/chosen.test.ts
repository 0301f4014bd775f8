import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_FILES, refusal, shortName, toSend, type Chosen } from '../reporter/files/chosen.ts';

const limits = { file_bytes: 100, message_bytes: 250 };
const clean = { bytes: new Blob(['clean'], { type: 'image/jpeg' }), removed: ['location' as const] };

function chosen(look: Chosen['look'], original = false): Chosen {
  return { file: new File(['original'], 'me.jpg', { type: 'image/jpeg' }), look, original };
}

test('limits are refused one by one, at the byte', () => {
  assert.equal(refusal(100, [], limits), null);
  assert.equal(refusal(101, [], limits), 'file-too-large');
  assert.equal(refusal(0, [], limits), 'file-empty');
  assert.equal(refusal(50, [100, 100], limits), null);
  assert.equal(refusal(51, [100, 100], limits), 'files-too-large');
  assert.equal(refusal(1, Array(MOST_FILES).fill(1), limits), 'files-too-many');
});

test('a picture goes clean, and says what was taken out', () => {
  const sent = toSend(chosen({ is: 'picture', clean }));
  assert.equal(sent.bytes, clean.bytes);
  assert.equal(sent.type, 'image/jpeg');
  assert.deepEqual([sent.kept_original, sent.removed], [false, ['location']]);
});

test('a picture goes as it is only by choice', () => {
  const kept = chosen({ is: 'picture', clean }, true);
  const sent = toSend(kept);
  assert.equal(sent.bytes, kept.file);
  assert.deepEqual([sent.kept_original, sent.removed], [true, []]);
});

test('what nobody can look into goes as it is, and says so', () => {
  for (const look of [{ is: 'opaque' }, { is: 'damaged' }] as const) {
    const sent = toSend(chosen(look));
    assert.deepEqual([sent.kept_original, sent.removed], [true, []]);
  }
});

test('a long name keeps its beginning and its ending', () => {
  const name = shortName(`${'ä'.repeat(500)}.pdf`);
  assert.equal([...name].length, 120);
  assert.ok(name.startsWith('äää') && name.endsWith('ä.pdf') && name.includes('…'));
  assert.equal(shortName('short.txt'), 'short.txt');
});
