import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { paretoFront } from '../../src/choose/pareto-front.js';

const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
  maxLength: 20,
});
const beats = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((cost, i) => cost <= (b[i] ?? NaN)) && a.some((cost, i) => cost < (b[i] ?? NaN));

describe('paretoFront', () => {
  it('keeps what nothing beats, and only that', () => {
    fc.assert(
      fc.property(points, (all) => {
        const front = paretoFront(all, (point) => point);
        for (const point of all)
          expect(front.includes(point)).toBe(!all.some((other) => beats(other, point)));
      }),
    );
  });

  it('is its own front, in the order given', () => {
    fc.assert(
      fc.property(points, (all) => {
        const front = paretoFront(all, (point) => point);
        expect(paretoFront(front, (point) => point)).toEqual(front);
        expect(front).toEqual(all.filter((point) => front.includes(point)));
      }),
    );
  });

  it('takes an unknown cost for the worst', () => {
    expect(paretoFront([NaN, 1, 2], (cost) => [cost, 0])).toEqual([1]);
  });
});
