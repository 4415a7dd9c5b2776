import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concordance,
  emptyPairs,
  mergePairs,
  seededRandom,
  withPair,
  type PairMoments,
} from '../src/index.js';

const of = (pairs: readonly (readonly [number, number])[]): PairMoments =>
  pairs.reduce((moments, [a, b]) => withPair(moments, a, b), emptyPairs());
const number = fc.double({ min: -1000, max: 1000, noNaN: true });
const pairs = fc.array(fc.tuple(number, number), { maxLength: 20 });

function expectClose(a: PairMoments, b: PairMoments): void {
  for (const name of Object.keys(a) as (keyof PairMoments)[]) {
    expect(Math.abs(a[name] - b[name])).toBeLessThan(1e-5);
  }
}

describe('moments of pairs', () => {
  it('merge to those of all pairs, in any order', () => {
    fc.assert(
      fc.property(pairs, pairs, (a, b) => {
        expectClose(mergePairs(of(a), of(b)), of([...a, ...b]));
        expectClose(mergePairs(of(a), of(b)), mergePairs(of(b), of(a)));
      }),
    );
  });

  it('lose nothing beside a large mean', () => {
    const { squaresFirst, products } = of([0, 1, 2, 3].map((i): [number, number] => [1e9 + i, 1e9 - i]));
    expect(squaresFirst).toBeCloseTo(5, 6);
    expect(products).toBeCloseTo(-5, 6);
  });
});

describe('concordance', () => {
  const rising = [1, 2, 3, 4, 5, 6];

  it('is 1 for the same values, and falls by what is shifted or stretched', () => {
    const value = (second: (x: number) => number): number =>
      concordance(of(rising.map((x): [number, number] => [x, second(x)])), 2)?.value ?? NaN;
    expect(value((x) => x)).toBeCloseTo(1, 12);
    // 2 s12 / (s1 + s2 + shift²), all of variance 35/12.
    expect(value((x) => x + 1)).toBeCloseTo(35 / 6 / (35 / 6 + 1), 9);
    expect(value((x) => 2 * x - 3.5)).toBeCloseTo(4 / 5, 9);
    expect(value((x) => -x + 7)).toBeCloseTo(-1, 12);
    expect(value(() => 3)).toBe(0);
  });

  it.each([1e-90, 1e90])('is the same of values times %d', (scale) => {
    const noisy = rising.map((x, i): [number, number] => [x * scale, (x + (i % 2)) * scale]);
    const plain = concordance(of(noisy.map(([a, b]) => [a / scale, b / scale])), 2);
    const scaled = concordance(of(noisy), 2);
    for (const name of ['value', 'lower', 'upper'] as const) {
      expect(scaled?.[name]).toBeCloseTo(plain?.[name] ?? NaN, 9);
    }
  });

  it('has an interval also where hardly anything varies beside the bias', () => {
    const tiny = { count: 9, meanFirst: 0, meanSecond: 1e99, squaresFirst: 1e-320, squaresSecond: 1e-320 };
    for (const products of [0, 1e-61, 1e-320]) {
      const found = concordance({ ...tiny, products }, 2);
      for (const name of ['value', 'lower', 'upper'] as const) expect(found?.[name]).toBeCloseTo(0, 12);
    }
  });

  it('tells the bias, and does not exist where nothing varies', () => {
    expect(concordance(of(rising.map((x): [number, number] => [x, x + 2])), 2)).toMatchObject({
      bias: 2,
      biasError: 0,
    });
    expect(concordance(of(rising.map((): [number, number] => [3, 3])), 2)).toBeUndefined();
    expect(concordance(of([[1, 2], [2, 3]]), 2)).toBeUndefined(); // prettier-ignore
  });

  it.each([
    ['plainly related', 0.8, 1, 0],
    ['shifted and stretched', 0.9, 1.5, 0.7],
    ['unrelated', 0, 1, 0.3],
  ])('has the truth in its interval about as often as it should: %s', (_what, r, stretch, shift) => {
    const random = seededRandom(11);
    const truth = (2 * r * stretch) / (1 + stretch * stretch + shift * shift);
    let covered = 0;
    for (let run = 0; run < 400; run += 1) {
      const found = concordance(
        of(
          Array.from({ length: 100 }, (): [number, number] => {
            const x = random.normal();
            return [x, stretch * (r * x + Math.sqrt(1 - r * r) * random.normal()) + shift];
          }),
        ),
        1.96,
      );
      if (found && found.lower <= truth && truth <= found.upper) covered += 1;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
  });
});
