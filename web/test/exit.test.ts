import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { neutralAddress, thirdShift } from '../shared/exit.ts';

test('only https addresses without credentials are neutral', () => {
  assert.equal(neutralAddress('https://de.wikipedia.org/wiki/Fluss'), 'https://de.wikipedia.org/wiki/Fluss');
  for (const bad of ['http://example.org/', 'javascript:alert(1)', 'https://a:b@example.org/', 'data:text/html,x', '', '/x']) {
    assert.equal(neutralAddress(bad), 'https://www.wikipedia.org/', bad);
  }
});

test('three presses of Shift in a moment, nothing in between', () => {
  assert.equal(thirdShift('Shift', 0), false);
  assert.equal(thirdShift('Shift', 200), false);
  assert.equal(thirdShift('Shift', 400), true);
  thirdShift('x', 500);
  assert.equal(thirdShift('Shift', 600), false);
  assert.equal(thirdShift('Shift', 700), false);
  assert.equal(thirdShift('A', 750), false, 'typing capitals must not leave the page');
  assert.equal(thirdShift('Shift', 800), false);
  assert.equal(thirdShift('Shift', 3000), false, 'too slow');
});
