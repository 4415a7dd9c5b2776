import { describe, expect, it } from '@jest/globals';
import { median, quantile } from '../src/index.js';

describe('a quantile', () => {
  it('is one of the values, by nearest rank', () => {
    expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
    expect(quantile(Float32Array.of(2, 1), 0)).toBe(1);
    expect(median([3, 1, 2])).toBe(2);
  });

  it('is NaN where there are no values', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(median([])).toBeNaN();
  });
});
