import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { withoutUnused } from '../unused.mjs';

const worn = (...texts: string[]) => (css: string): string => withoutUnused(css, texts);

test('classes of Codex that nobody wears are left out, and those that somebody wears stay', () => {
  const left = worn('<i class="cdx-a">', '`cdx-${k}__input`');
  assert.equal(left('.cdx-a{x:y}.cdx-b{x:y}.own{x:y}'), '.cdx-a{x:y}.own{x:y}');
  assert.equal(left('.cdx-a,.cdx-b .own,.own .cdx-a{x:y}'), '.cdx-a,.own .cdx-a{x:y}');
  assert.equal(left('.cdx-a.cdx-a--gone{x:y}.cdx-radio__input{x:y}.cdx-radio__icon{x:y}'), '.cdx-radio__input{x:y}');
  assert.equal(left('.cdx-a:not(.cdx-b){x:y}.cdx-a:is(.own,.cdx-b),.own{x:y}'), '.cdx-a:not(.cdx-b){x:y}.own{x:y}');
  assert.equal(left('@media(x:y){.cdx-a{x:y}.cdx-b{x:y}}@supports(x:y){.cdx-b{x:y}}'), '@media(x:y){.cdx-a{x:y}}');
});

test('tokens that nothing reads any more are left out', () => {
  const left = worn('cdx-a');
  assert.equal(left(':root{--a:1;--b:var(--c);--c:2;--d:3}.cdx-a{x:var(--b)}.cdx-b{x:var(--d)}'), ':root{--b:var(--c);--c:2;}.cdx-a{x:var(--b)}');
});

test('a value beside a token is left out where the token is always there', () => {
  const left = worn('cdx-a');
  assert.equal(left(':root{--a:1}.cdx-a{x:var(--a, 2);y:var(--b, 2)}'), ':root{--a:1}.cdx-a{x:var(--a);y:var(--b, 2)}');
  const sometimes = '@media(x:y){:root{--a:1}}.cdx-a{x:var(--a, 2)}';
  assert.equal(left(sometimes), sometimes);
});
