import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { recogniseAccount, writtenAccount } from '../reporter/wiki/account.ts';

const CASES: [string, string][] = [
  ['Some One', 'Some One'],
  ['Some_One', 'Some One'],
  ['@Some One', 'Some One'],
  ['User:Some_One', 'Some One'],
  ['user:Some One/Archive 3', 'Some One'],
  ['User talk:Some One', 'Some One'],
  ['Benutzerin:Jemand', 'Jemand'],
  ['Участник:Некто', 'Некто'],
  ['[[User:Some One|somebody]]', 'Some One'],
  ['[[:User talk:Some One]]', 'Some One'],
  ['https://de.m.wikipedia.org/wiki/Benutzer:Jemand', 'Jemand (de.wikipedia.org)'],
  ['https://de.wikipedia.org/wiki/Benutzer_Diskussion:Jemand#Hallo', 'Jemand (de.wikipedia.org)'],
  ['https://en.wikipedia.org/wiki/Special:Contributions/Some_One', 'Some One (en.wikipedia.org)'],
  ['Some One (en.m.wikipedia.org)', 'Some One (en.wikipedia.org)'],
  ['Some One @ commons.wikimedia.org', 'Some One (commons.wikimedia.org)'],
  ['User:Some One@meta.wikimedia.org', 'Some One (meta.wikimedia.org)'],
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['~2026-12345-67', '~2026-12345-67'],
  ['Name (with brackets)', 'Name (with brackets)'],
  ['somebody@example.org', 'somebody@example.org'],
];

test('accounts in all the ways people write them', () => {
  for (const [text, written] of CASES) {
    const account = recogniseAccount(text);
    assert.ok(account !== null, text);
    assert.equal(writtenAccount(account), written, text);
    const again = recogniseAccount(written);
    assert.ok(again !== null && writtenAccount(again) === written, `${written} stays what it is`);
  }
});

test('an address of something else is no account', () => {
  for (const text of ['', ' ', 'https://example.org/@someone', 'https://en.wikipedia.org/wiki/River', '[[]]', '@']) {
    assert.equal(recogniseAccount(text), null, text);
  }
});
