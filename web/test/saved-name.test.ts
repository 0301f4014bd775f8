import assert from 'node:assert/strict';
import { test } from 'node:test';
import { savedName } from '../reporter/files/saved-name.ts';

const saved = (name: string): string => savedName(name, 'file');

test('an ordinary name stays', () => {
  for (const name of ['letter.pdf', 'Brief an mich (2).odt', 'письмо.txt', 'مرفق.png', '写真.jpg']) {
    assert.equal(saved(name), name);
  }
});

test('a name leads nowhere else', () => {
  assert.equal(saved('../../.bashrc'), '_.._.bashrc');
  assert.equal(saved('C:\\Windows\\evil.exe'), 'C__Windows_evil.exe');
  assert.equal(saved('/etc/passwd'), '_etc_passwd');
  assert.equal(saved('.htaccess'), 'htaccess');
  assert.equal(saved('trailing. . '), 'trailing');
  assert.equal(saved('a\nb\u0000c'), 'abc');
});

test('a name shows its real ending', () => {
  assert.equal(saved('photo\u202Egnp.exe'), 'photognp.exe');
  assert.equal(saved('photo\u2067gnp\u2069.exe'), 'photognp.exe');
  assert.equal(saved('photo.png                                .exe'), 'photo.png .exe');
  assert.equal(saved('invisible\u200B.txt'), 'invisible.txt');
});

test('nothing, and names that are devices', () => {
  assert.equal(saved(''), 'file');
  assert.equal(saved('...'), 'file');
  assert.equal(saved('CON'), '_CON');
  assert.equal(saved('aux.txt'), '_aux.txt');
  assert.equal(saved('console.txt'), 'console.txt');
});

test('a long name is cut before its ending, never inside a letter', () => {
  const name = saved(`${'😀'.repeat(100)}.pdf`);
  assert.ok(new TextEncoder().encode(name).length <= 200);
  assert.ok(name.endsWith('😀.pdf'));
});
