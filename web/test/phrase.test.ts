import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { completionOf, randomBelow, tidyWord, twoPlaces, wordsIn } from '../reporter/phrase.ts';

test('a pasted note gives its words, without numbers, dots and breaks', () => {
  assert.deepEqual(wordsIn('1. River\n2) maple,\t 3 GENTLE'), ['river', 'maple', 'gentle']);
  assert.deepEqual(wordsIn('  '), []);
});

test('a word typed on a phone is tidied', () => {
  assert.equal(tidyWord(' River '), 'river');
  assert.equal(tidyWord('ｒｉｖｅｒ'), 'river');
  assert.equal(tidyWord('7'), '');
});

test('four letters complete a word, fewer or ambiguous ones do not', () => {
  assert.equal(completionOf('rive', ['river']), 'river');
  assert.equal(completionOf('riv', ['river']), null);
  assert.equal(completionOf('rive', ['river', 'rivet']), null);
  assert.equal(completionOf('rixx', []), null);
});

test('two different places are asked, in order, whatever the dice say', () => {
  for (let first = 0; first < 12; first += 1) {
    for (let second = 0; second < 11; second += 1) {
      const dice = [first, second];
      const [low, high] = twoPlaces(() => dice.shift() ?? 0);
      assert.ok(low < high && low >= 0 && high < 12, `${low} ${high}`);
    }
  }
});

test('random numbers stay below their limit and reach all values', () => {
  const seen = new Set(Array.from({ length: 2000 }, () => randomBelow(12)));
  assert.deepEqual([...seen].sort((a, b) => a - b), Array.from({ length: 12 }, (_, index) => index));
});
