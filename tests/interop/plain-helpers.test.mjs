// The arithmetic that web/plain.mjs puts in the place of wasm2js's own, against exact numbers.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { HELPERS } from '../../web/plain.mjs';

const names = Object.keys(HELPERS);
const made = new Function(`
  var Math_imul = Math.imul, i64toi32_i32$HIGH_BITS = 0;
  ${names.map((name) => `function ${name}${HELPERS[name]}`).join('\n')}
  return { ${names.join(', ')}, high: () => i64toi32_i32$HIGH_BITS };
`)();

const EDGES = [0n, 1n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, 0x8000000000000000n, 0xffffffffffffffffn];
const random = () => randomBytes(8).readBigUInt64LE() >> BigInt(randomBytes(1)[0] % 64);
const numbers = [...EDGES, ...Array.from({ length: 2_000 }, random)];
const low = (number) => Number(BigInt.asIntN(32, number));
const high = (number) => Number(BigInt.asIntN(32, number >> 32n));
const whole = (lowHalf) => (BigInt(made.high() >>> 0) << 32n) | BigInt(lowHalf >>> 0);

test('products are exact in all their 64 bits', () => {
  for (const [place, a] of numbers.entries()) {
    for (const b of [...EDGES, numbers[(place * 7 + 3) % numbers.length]]) {
      const product = whole(made.__wasm_i64_mul(low(a), high(a), low(b), high(b)));
      assert.equal(product, BigInt.asUintN(64, a * b), `${a} * ${b}`);
    }
  }
});

test('rotations by every number of bits', () => {
  for (const a of numbers.slice(0, 200)) {
    for (let by = 0; by < 64; by += 1) {
      const rotated = BigInt.asUintN(64, (a << BigInt(by)) | (a >> BigInt(64 - by)));
      assert.equal(whole(made.__wasm_rotl_i64(low(a), high(a), by, 0)), rotated, `${a} by ${by}`);
    }
    for (let by = 0; by < 32; by += 1) {
      const word = BigInt.asUintN(32, a);
      const rotated = BigInt.asUintN(32, (word << BigInt(by)) | (word >> BigInt(32 - by)));
      assert.equal(made.__wasm_rotl_i32(low(a), by) >>> 0, Number(rotated), `${word} by ${by}`);
    }
  }
});
