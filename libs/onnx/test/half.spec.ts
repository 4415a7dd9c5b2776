import { describe, expect, it } from 'vitest';
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from '../src/index.js';

describe('16-bit floats', () => {
  it('come back from every bit pattern', () => {
    const changed: number[] = [];
    for (let bits = 0; bits < 65_536; bits += 1) {
      const half = halfToFloat(bits);
      const bfloat = bfloatToFloat(bits);
      if (!Number.isNaN(half) && floatToHalf(half) !== bits) changed.push(bits);
      if (!Number.isNaN(bfloat) && floatToBfloat(bfloat) !== bits) changed.push(bits);
    }
    expect(changed).toEqual([]);
  });

  it.each([
    [65_504, 0x7bff],
    [65_519.99, 0x7bff],
    [65_520, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.001, 0x0001],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [6.1035e-5 * 0.99999, 0x0400],
  ])('%p rounds to the half %p', (value, bits) => {
    expect(floatToHalf(value)).toBe(bits);
  });

  it('keep NaN', () => {
    expect([halfToFloat(floatToHalf(NaN)), bfloatToFloat(floatToBfloat(NaN))]).toEqual([NaN, NaN]);
  });
});
