import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import Banana from 'banana-i18n';
import all from 'beistand:texts';
import { format } from '../shared/message.ts';

test('parameters, plurals and genders', () => {
  assert.equal(format('en', '$2 before $1', ['b', 'a']), 'a before b');
  assert.equal(format('en', '{{PLURAL:$1|one word|$1 words}} of $2', [1, 12]), 'one word of 12');
  assert.equal(format('en', '{{PLURAL:$1|0=no word|one word|$1 words}}', [0]), 'no word');
  assert.equal(format('en', '{{GENDER:$1|his|her|their}} words', ['female']), 'her words');
  assert.equal(format('en', '{{GENDER:$1|his|her|their}} words', ['']), 'their words');
});

test('languages with more forms than two, or with one', () => {
  const polish = '{{PLURAL:$1|słowo|słowa|słów}}';
  assert.deepEqual([1, 2, 5, 22, 25].map((count) => format('pl', polish, [count])), ['słowo', 'słowa', 'słów', 'słowa', 'słów']);
  const arabic = '{{PLURAL:$1|0|1|2|3-10|11-99|100}}';
  assert.deepEqual([0, 1, 2, 7, 15, 100].map((count) => format('ar', arabic, [count])), ['0', '1', '2', '3-10', '11-99', '100']);
  assert.equal(format('ja', '{{PLURAL:$1|語}}', [7]), '語');
  assert.equal(format('fr', '{{PLURAL:$1|mot|mots}}', [0]), 'mot', 'nought is singular in French');
});

test('numbers as the language writes them', () => {
  assert.equal(format('de', '$1', [12345]), '12.345');
  assert.equal(format('ar-EG', '$1', [7]), '٧');
});

test('what somebody typed is never read as a message, and no parameter is lost', () => {
  assert.equal(format('en', '$1 and $2', ['$2', '{{PLURAL:1|a|b}}']), '$2 and {{PLURAL:1|a|b}}');
  assert.equal(format('en', '{{PLURAL:$1|$2|$2s}}', [2, '$1']), '$1s');
  assert.equal(format('en', '$1 $3', ['a']), 'a $3');
});

/** A peer: the library of translatewiki.net's own projects. */
test('every message reads as banana-i18n reads it', () => {
  let compared = 0;
  for (const [locale, messages] of Object.entries(all.texts)) {
    const banana = new Banana(locale);
    for (const message of messages) {
      if (message === null) continue;
      for (const count of [0, 1, 2, 3, 12, 100]) {
        // Numbers apart: banana leaves digits as they are.
        const parameters = [count, 'b', count];
        assert.equal(format(locale, message, parameters), bananaText(banana, message, parameters), message);
        compared += 1;
      }
    }
  }
  assert.ok(compared > 1_000);
});

function bananaText(banana: Banana, message: string, parameters: (string | number)[]): string {
  banana.load({ probe: message } as never, banana.locale);
  return banana.i18n('probe', ...parameters);
}
