import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankCorrelation, seededRandom } from '../src/index.js';

type Cells = [number, number, number][];

/** Of single values, as textbooks have it: Pearson's correlation of ranks. */
function plainSpearman(pairs: readonly (readonly [number, number])[]): number {
  const ranks = (values: number[]): number[] =>
    values.map((value) => {
      const below = values.filter((other) => other < value).length;
      const equal = values.filter((other) => other === value).length;
      return below + (equal + 1) / 2;
    });
  const [a, b] = [ranks(pairs.map(([x]) => x)), ranks(pairs.map(([, y]) => y))];
  const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (of: (i: number) => number): number => a.reduce((total, _, i) => total + of(i), 0);
  return (
    sum((i) => ((a[i] ?? 0) - ma) * ((b[i] ?? 0) - mb)) /
    Math.sqrt(sum((i) => ((a[i] ?? 0) - ma) ** 2) * sum((i) => ((b[i] ?? 0) - mb) ** 2))
  );
}

const bin = fc.integer({ min: 0, max: 5 });

describe('rankCorrelation', () => {
  it('is what single pairs would give, ties sharing their middle rank', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bin, bin), { minLength: 4, maxLength: 40 }), (pairs) => {
        const found = rankCorrelation(
          pairs.map(([a, b]): [number, number, number] => [a, b, 1]),
          2,
        );
        const plain = plainSpearman(pairs);
        if (Number.isNaN(plain)) expect(found).toBeUndefined();
        else expect(found?.value).toBeCloseTo(plain, 9);
      }),
    );
  });

  it('is 1 for one order, -1 for the reverse, and does not exist without an order', () => {
    const rising: Cells = [0, 1, 2, 3].map((i) => [i, i + 5, 3]);
    expect(rankCorrelation(rising, 2)).toEqual({ value: 1, lower: 1, upper: 1, frames: 12 });
    expect(
      rankCorrelation(
        rising.map(([a, b, n]) => [a, -b, n]),
        2,
      )?.value,
    ).toBe(-1);
    expect(rankCorrelation([[0, 1, 9]], 2)).toBeUndefined();
    expect(rankCorrelation([[0, 0, 1], [1, 1, 1]], 2)).toBeUndefined(); // prettier-ignore
  });

  it('has the truth in its interval about as often as it should', () => {
    const random = seededRandom(3);
    let covered = 0;
    for (let run = 0; run < 400; run += 1) {
      const cells = Array.from({ length: 80 }, (): [number, number, number] => {
        const shared = random.normal();
        return [Math.floor(10 * (shared + random.normal())), Math.floor(10 * (shared + random.normal())), 1];
      });
      const found = rankCorrelation(cells, 1.96);
      // Of a normal pair with correlation 1/2.
      const truth = (6 / Math.PI) * Math.asin(0.25);
      if (found && found.lower <= truth && truth <= found.upper) covered += 1;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
  });
});
