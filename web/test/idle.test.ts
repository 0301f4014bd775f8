import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Idle, QUIET, WARNING } from '../shared/idle.ts';

/** Looks every second from `from` on, for `span` milliseconds; gives the last phase. */
function pass(idle: Idle, from: number, span: number, visible = true) {
  let phase = idle.look(from, visible);
  for (let now = from; now <= from + span; now += 1_000) phase = idle.look(now, visible);
  return phase;
}

test('nothing is asked before 30 minutes without input', () => {
  assert.ok(QUIET >= 30 * 60_000);
  assert.equal(pass(new Idle(0), 0, QUIET - 1_000), 'calm');
  assert.equal(pass(new Idle(0), 0, QUIET + 1_000), 'asking');
});

test('the question stands for two minutes, then the page empties', () => {
  const idle = new Idle(0);
  pass(idle, 0, QUIET);
  assert.equal(pass(idle, QUIET, WARNING - 5_000), 'asking');
  assert.equal(pass(idle, QUIET + WARNING, 5_000), 'over');
});

test('one touch gives another half an hour', () => {
  const idle = new Idle(0);
  pass(idle, 0, QUIET + WARNING - 5_000);
  idle.touch(QUIET + WARNING - 5_000);
  assert.equal(pass(idle, QUIET + WARNING - 5_000, QUIET - 1_000), 'calm');
});

test('an app in the background empties nothing, however long', () => {
  const idle = new Idle(0);
  assert.equal(pass(idle, 0, 5 * QUIET, false), 'asking');
  assert.equal(pass(idle, 5 * QUIET, WARNING - 5_000), 'asking', 'who comes back has the whole two minutes');
});

test('a device that slept with the page open still asks first', () => {
  const idle = new Idle(0);
  idle.look(1_000, true);
  assert.equal(idle.look(8 * 60 * 60_000, true), 'asking');
  assert.equal(idle.look(8 * 60 * 60_000 + 1_000, true), 'asking');
});
