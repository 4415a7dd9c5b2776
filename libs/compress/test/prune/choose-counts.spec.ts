import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { chooseCounts, type SpaceCurve } from '../../src/prune/choose-counts.js';
import { countsOf } from '../../src/prune/price-spaces.js';
import { checkPruneOptions } from '../../src/prune/prune-options.js';

const linear =
  (weights: readonly number[]) =>
  (counts: readonly number[]): number =>
    counts.reduce((sum, count, i) => sum + count * (weights[i] ?? 0), 0);

const curve: fc.Arbitrary<SpaceCurve> = fc
  .record({
    steps: fc.integer({ min: 1, max: 6 }),
    multiple: fc.integer({ min: 1, max: 8 }),
    costs: fc.array(fc.float({ min: 0, max: 10, noNaN: true }), { minLength: 6, maxLength: 6 }),
  })
  .map(({ steps, multiple, costs }) => ({
    size: (steps + 1) * multiple,
    counts: Array.from({ length: steps }, (_, i) => (steps - i) * multiple),
    costs: costs.slice(0, steps).sort((a, b) => a - b),
  }));

describe('how many channels stay', () => {
  it('is enough to meet the budget, and one of the counts that were priced', () => {
    fc.assert(
      fc.property(
        fc.array(curve, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (curves, share) => {
          const macs = linear(curves.map((_, i) => i + 1));
          const full = macs(curves.map(({ size }) => size));
          const lowest = macs(curves.map(({ counts, size }) => counts.at(-1) ?? size));
          const counts = chooseCounts(curves, macs, full * share);
          if (lowest > full * share) {
            expect(counts).toBeUndefined();
            return;
          }
          expect(macs(counts ?? [])).toBeLessThanOrEqual(full * share);
          counts?.forEach((count, i) =>
            expect([curves[i]?.size, ...(curves[i]?.counts ?? [])]).toContain(count),
          );
        },
      ),
    );
  });

  it('takes what is free before what costs', () => {
    const free: SpaceCurve = { size: 16, counts: [8], costs: [0] };
    const dear: SpaceCurve = { size: 16, counts: [8], costs: [1] };
    expect(chooseCounts([dear, free], linear([1, 1]), 24)).toEqual([16, 8]);
    expect(chooseCounts([dear, free], linear([1, 1]), 16)).toEqual([8, 8]);
  });

  it('sees beyond a first step that saves nothing', () => {
    const steep: SpaceCurve = { size: 24, counts: [16, 8], costs: [1, 1] };
    const even: SpaceCurve = { size: 24, counts: [16, 8], costs: [0.8, 1.6] };
    expect(chooseCounts([steep, even], linear([1, 1]), 32)).toEqual([8, 24]);
  });
});

describe('counts to choose from', () => {
  it.each([
    [24, {}, [16, 8]],
    [64, {}, [48, 32, 16]],
    [256, {}, [240, 224, 208, 192, 176, 160, 144, 128, 112, 96, 80, 64]],
    [8, {}, []],
    [12, { channelMultiple: 4 }, [8, 4]],
    [10, { channelMultiple: 1, minimumKept: 0.8 }, [9, 8]],
    [16, { minimumKept: 1 }, []],
  ])('of %d channels with %j', (size, options, counts) => {
    expect(countsOf(size, checkPruneOptions(options))).toEqual(counts);
  });
});
