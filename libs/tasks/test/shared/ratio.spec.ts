import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { normalQuantile, seededRandom } from '@hamon/stats';
import {
  emptyRatio,
  estimateRatio,
  mergeRatios,
  RatioCollector,
  ratioFault,
} from '../../src/shared/ratio.js';

const frames = fc.array(
  fc
    .integer({ min: 0, max: 40 })
    .chain((whole) => fc.tuple(fc.integer({ min: 0, max: whole }), fc.constant(whole))),
  { maxLength: 30 },
);
const momentsOf = (pairs: readonly (readonly [number, number])[]) => {
  const collector = new RatioCollector();
  for (const [part, whole] of pairs) collector.add(part, whole);
  return collector.build();
};

describe('a ratio over frames', () => {
  it('is the same gathered at once or in parts, in any order', () => {
    fc.assert(
      fc.property(frames, frames, (a, b) => {
        const merged = mergeRatios(momentsOf(a), momentsOf(b));
        expect(merged).toEqual(momentsOf([...b, ...a]));
        expect(mergeRatios(emptyRatio(), merged)).toEqual(merged);
      }),
    );
  });

  it('lies in its interval, which widens with z and contradicts no frames', () => {
    fc.assert(
      fc.property(frames, fc.double({ min: 0.1, max: 5, noNaN: true }), (pairs, z) => {
        const moments = momentsOf(pairs);
        expect(ratioFault(moments)).toBeUndefined();
        const found = estimateRatio(moments, z);
        expect(found === undefined).toBe(moments.frames === 0);
        if (!found) return;
        const wider = estimateRatio(moments, 2 * z);
        expect(found.lower).toBeLessThanOrEqual(found.ratio);
        expect(found.upper).toBeGreaterThanOrEqual(found.ratio);
        expect(wider?.lower).toBeLessThanOrEqual(found.lower);
        expect(wider?.upper).toBeGreaterThanOrEqual(found.upper);
      }),
    );
  });

  it('is not certain after a few frames that all say the same', () => {
    const agreed = estimateRatio(momentsOf(Array.from({ length: 5 }, () => [2, 2] as const)), 2.6);
    expect(agreed?.ratio).toBe(1);
    expect(agreed?.lower).toBeLessThan(0.8);
    const never = estimateRatio(momentsOf(Array.from({ length: 5 }, () => [0, 2] as const)), 2.6);
    expect(never?.upper).toBeGreaterThan(0.2);
  });

  it('covers the true ratio although the boxes of a frame hang together', () => {
    const random = seededRandom(7);
    const z = normalQuantile(0.975);
    // A frame is either easy or hard, whole, and hard ones have more boxes: the ratio is 1 * 0.9 * 2 + 3 * 0.3 * 2 over 8.
    const frame = (): [number, number] => {
      const [boxes, rate] = random.next() < 0.5 ? [2, 0.9] : [6, 0.3];
      return [random.next() < rate ? boxes : 0, boxes];
    };
    const truth = (2 * 0.9 + 6 * 0.3) / 8;
    let covered = 0;
    for (let run = 0; run < 400; run += 1) {
      const found = estimateRatio(momentsOf(Array.from({ length: 80 }, frame)), z);
      if (found && found.lower <= truth && truth <= found.upper) covered += 1;
    }
    expect(covered).toBeGreaterThan(0.92 * 400);
  });

  it.each([
    ['more than the whole', { numerator: 30 }],
    ['no frames', { frames: 0 }],
    ['squares below those of equal frames', { denominatorSquares: 10, products: 5, numeratorSquares: 2 }],
    ['squares above those of a single frame', { denominatorSquares: 1000 }],
    ['negative sums', { numerator: -1 }],
  ])('is refused with %s', (_, change) => {
    const moments = momentsOf([
      [1, 10],
      [4, 10],
    ]);
    expect(ratioFault({ ...moments, ...change })).toMatch(/contradict/);
  });
});
