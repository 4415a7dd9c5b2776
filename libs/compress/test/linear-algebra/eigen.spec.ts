import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { seededRandom } from '@hamon/stats';
import { eigenSymmetric } from '../../src/linear-algebra/eigen.js';
import { multiply, transpose } from '../../src/linear-algebra/matrix.js';

function symmetric(n: number, rank: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const half = Float64Array.from({ length: n * rank }, () => random.normal());
  return multiply(half, transpose(half, n, rank), n, rank, n);
}

describe('the eigendecomposition', () => {
  it('gives orthonormal vectors in falling order that put the matrix together again', () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 24 }),
      rank: fc.integer({ min: 0, max: 24 }),
      seed: fc.nat(1e6),
    });
    fc.assert(
      fc.property(cases, ({ n, rank, seed }) => {
        const matrix = symmetric(n, rank, seed);
        const scale = Math.max(1, ...matrix.map(Math.abs));
        const { values, vectors } = eigenSymmetric(matrix, n);
        for (let i = 0; i < n; i += 1)
          for (let j = 0; j < n; j += 1) {
            let [again, dot] = [0, 0];
            for (let k = 0; k < n; k += 1) {
              again +=
                (vectors[i * n + k] as number) * (values[k] as number) * (vectors[j * n + k] as number);
              dot += (vectors[k * n + i] as number) * (vectors[k * n + j] as number);
            }
            expect(Math.abs(again - (matrix[i * n + j] as number))).toBeLessThan(1e-11 * scale);
            expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-12);
          }
        expect([...values]).toEqual([...values].sort((a, b) => b - a));
      }),
      { numRuns: 60 },
    );
  });

  it('knows the eigenvalues of a textbook matrix', () => {
    const { values } = eigenSymmetric(Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2), 3);
    [2 + Math.SQRT2, 2, 2 - Math.SQRT2].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 12));
  });

  it('says so where values are not finite, and ends', () => {
    expect(() => eigenSymmetric(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(RangeError);
  });
});
