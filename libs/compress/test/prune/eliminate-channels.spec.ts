import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { factorRidged, solveFactored } from '../../src/linear-algebra/cholesky.js';
import { eliminateChannels } from '../../src/prune/eliminate-channels.js';
import { fitTargets, targetVariance, type Fit, type Moments } from '../../src/prune/moments.js';
import { noise } from '../quantize/models.js';

/** Moments of `rows` seeded inputs, and of what a layer with these weights makes of them. */
function observe(inputs: readonly Float32Array[], fit: Fit): Moments {
  const { features, outputs, values } = fit;
  const width = features + outputs + 1;
  const sums = new Float64Array(width * width);
  for (const input of inputs) {
    const wanted = Float64Array.from({ length: outputs }, (_, o) => {
      let sum = values[features * outputs + o] as number;
      for (let f = 0; f < features; f += 1) sum += (input[f] as number) * (values[f * outputs + o] as number);
      return sum;
    });
    const row = [...input, ...wanted, 1];
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < width; j += 1)
        sums[i * width + j] = (sums[i * width + j] as number) + (row[i] as number) * (row[j] as number);
  }
  return { features, targets: outputs, sums };
}

/** Mean squared error that the best fit of some features leaves, as a share of the targets' variance. */
function leastError(moments: Moments, kept: readonly number[]): number {
  const { sums, features, targets } = moments;
  const width = features + targets + 1;
  const at = [...kept, width - 1];
  const gram = Float64Array.from(at.flatMap((i) => at.map((j) => sums[i * width + j] as number)));
  let residual = 0;
  for (let t = features; t < features + targets; t += 1) {
    const link = Float64Array.from(at, (i) => sums[i * width + t] as number);
    const { factor } = factorRidged(gram, at.length, () => 0);
    const solved = solveFactored(factor, at.length, link, 1);
    residual += sums[t * width + t] as number;
    link.forEach((value, i) => (residual -= value * (solved[i] as number)));
  }
  return residual / (sums[width * width - 1] as number) / targetVariance(moments);
}

const layer = (features: number, outputs: number, seed: number): Fit => ({
  features,
  outputs,
  values: Float64Array.from(noise((features + 1) * outputs, 1, seed)),
});
const rows = (count: number, features: number, seed: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) => noise(features, 1, seed * 10_007 + i));

describe('channel elimination', () => {
  it('prices every removal as the best refit of all layers that read the channels would feel it', () => {
    const sizes = fc.record({
      channels: fc.integer({ min: 2, max: 7 }),
      field: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(1e5),
    });
    fc.assert(
      fc.property(sizes, ({ channels, field, seed }) => {
        const features = channels * field;
        const channelOf = Array.from({ length: features }, (_, f) => Math.floor(f / field));
        const inputs = rows(6 * features + 20, features, seed);
        const readers = [2, 3].map((outputs, i) => {
          const fit = layer(features, outputs, seed + i);
          return { fit, moments: observe(inputs, fit), channelOf };
        });
        const { order, errors } = eliminateChannels(channels, readers, 1);
        expect(new Set(order).size).toBe(channels - 1);
        for (let gone = 1; gone < channels; gone += 1) {
          const left = new Set(order.slice(0, gone));
          const kept = [...channelOf.keys()].filter((f) => !left.has(channelOf[f] as number));
          const exact = readers.reduce((sum, { moments }) => sum + leastError(moments, kept), 0);
          expect(errors[gone - 1]).toBeCloseTo(exact, 3);
        }
        expect([...errors]).toEqual([...errors].sort((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  it('first takes what others can stand in for', () => {
    const fit = layer(4, 3, 1);
    const inputs = rows(200, 4, 2).map((row) =>
      row.map((value, f) => (f === 2 ? 2 * (row[0] as number) - 1 : value)),
    );
    const { order, errors } = eliminateChannels(
      4,
      [{ fit, moments: observe(inputs, fit), channelOf: [0, 1, 2, 3] }],
      2,
    );
    expect([0, 2]).toContain(order[0]);
    expect(errors[0]).toBeLessThan(1e-4);
    expect(errors[1]).toBeGreaterThan(1e-2);
  });

  it('leaves the features of other spaces alone', () => {
    const fit = layer(5, 2, 3);
    const moments = observe(rows(100, 5, 4), fit);
    const { order } = eliminateChannels(2, [{ fit, moments, channelOf: [0, -1, 1, -1, 1] }], 1);
    expect(order).toHaveLength(1);
  });
});

describe('a least-squares fit', () => {
  it('finds the layer again from its own moments', () => {
    const fit = layer(6, 3, 5);
    const again = fitTargets(observe(rows(2000, 6, 6), fit), [0, 1, 2, 3, 4, 5]);
    fit.values.forEach((value, i) => expect(again.values[i]).toBeCloseTo(value, 2));
  });

  it('stays finite where inputs are all alike', () => {
    const fit = layer(3, 2, 7);
    const inputs = Array.from({ length: 10 }, () => Float32Array.of(1, 1, 1));
    expect([...fitTargets(observe(inputs, fit), [0, 1, 2]).values].every(Number.isFinite)).toBe(true);
  });
});
