import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { LabelledSource } from '../../src/dataset/sample-source.js';
import { drawSamples, splitSamples } from '../../src/dataset/split-source.js';

const labelled = (labels: readonly number[]): LabelledSource => ({
  count: labels.length,
  input: 'x',
  dims: [1],
  labels: ['a', 'b', 'c'],
  labelOf: (index) => labels[index] ?? -1,
  batch: (index) => Promise.resolve(Float32Array.of(index)),
});
const members = (source: LabelledSource): Promise<number[]> =>
  Promise.all(Array.from({ length: source.count }, async (_, index) => (await source.batch(index))[0] ?? -1));
const labelLists = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 60 });

describe('splitting samples', () => {
  it('gives two parts that are disjoint, complete, and labelled as before', async () => {
    await fc.assert(
      fc.asyncProperty(
        labelLists,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        async (labels, share) => {
          const [first, second] = splitSamples(labelled(labels), share, 5);
          const [one, two] = [await members(first), await members(second)];
          expect([...one, ...two].sort((a, b) => a - b)).toEqual(labels.map((_, index) => index));
          expect(Math.min(one.length, two.length)).toBeGreaterThan(0);
          one.forEach((original, index) => expect(first.labelOf(index)).toBe(labels[original]));
        },
      ),
    );
  });

  it('draws each class in proportion, always the same for a seed', async () => {
    const labels = Array.from({ length: 1000 }, (_, index) => (index < 700 ? 0 : index < 900 ? 1 : 2));
    const drawn = drawSamples(labelled(labels), 100, 3);
    const counts = [0, 0, 0];
    for (let i = 0; i < drawn.count; i += 1) counts[drawn.labelOf(i)]! += 1;
    expect(Math.abs((counts[0] ?? 0) - 70)).toBeLessThanOrEqual(2);
    expect(Math.abs((counts[1] ?? 0) - 20)).toBeLessThanOrEqual(2);
    expect(await members(drawn)).toEqual(await members(drawSamples(labelled(labels), 100, 3)));
    expect(await members(drawn)).not.toEqual(await members(drawSamples(labelled(labels), 100, 4)));
  });

  it('returns everything where as much is wanted', () => {
    expect(drawSamples(labelled([0, 1, 2]), 3, 1).count).toBe(3);
  });
});
