import { expect, it } from 'vitest';
import fc from 'fast-check';
import { median, quantile } from '../src/index.js';

it('a quantile is one of the values, by nearest rank', () => {
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(quantile([1, 2, 3, 4], 0)).toBe(1);
  expect(median([4, 1, 3, 2])).toBe(2);
});

it('has at least its share of the values at or below it, and less below it', () => {
  const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.001, max: 1, noNaN: true }), (all, share) => {
      const found = quantile(all, share);
      expect(all.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * all.length);
      expect(all.filter((value) => value < found).length).toBeLessThan(share * all.length);
    }),
  );
});

it('is no number without values, and leaves the values in their order', () => {
  expect(quantile([], 0.5)).toBeNaN();
  const values = [3, 1, 2];
  expect(median(values)).toBe(2);
  expect(values).toEqual([3, 1, 2]);
});
