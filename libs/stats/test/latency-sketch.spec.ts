import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  countAbove,
  emptySketch,
  LatencySketchBuilder,
  MAX_SKETCH_BINS,
  mergeSketches,
  sketchQuantile,
  SKETCH_RELATIVE_ERROR,
  type LatencySketch,
} from '../src/index.js';

const latencies = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
});

function sketchOf(values: readonly number[]): LatencySketch {
  const builder = new LatencySketchBuilder();
  for (const value of values) builder.add(value);
  return builder.build();
}

describe('a latency sketch', () => {
  it('answers every quantile within one percent of the value at its rank', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.floor(q * (sorted.length - 1))] as number;
        const answer = sketchQuantile(sketchOf(values), q) as number;
        expect(Math.abs(answer - exact)).toBeLessThanOrEqual(SKETCH_RELATIVE_ERROR * exact * 1.000001);
      }),
    );
  });

  it('is the same merged as added at once', () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        const together = sketchOf([...a, ...b]);
        const merged = mergeSketches(sketchOf(a), sketchOf(b));
        expect({ ...merged, sum: 0 }).toEqual({ ...together, sum: 0 });
        expect(merged.sum).toBeCloseTo(together.sum, 5);
      }),
    );
  });

  it('keeps count, sum, minimum and maximum exactly', () => {
    expect(sketchOf([3, 1, 2])).toMatchObject({ count: 3, sum: 6, min: 1, max: 3 });
  });

  it('has no quantile while it is empty', () => {
    expect(sketchQuantile(emptySketch(), 0.95)).toBeUndefined();
    expect(mergeSketches(emptySketch(), sketchOf([5])).count).toBe(1);
  });

  it('takes zero, and refuses what is no latency', () => {
    expect(sketchQuantile(sketchOf([0, 0, 7]), 0)).toBeLessThan(1e-9);
    for (const value of [-1, NaN, Infinity]) {
      expect(() => new LatencySketchBuilder().add(value)).toThrow(RangeError);
    }
  });

  it('never has more than its bins, counts everything, and keeps the upper quantiles', () => {
    const builder = new LatencySketchBuilder();
    for (let exponent = -16; exponent <= 16; exponent += 0.004) builder.add(10 ** exponent);
    const sketch = builder.build();
    expect(sketch.bins.length).toBe(MAX_SKETCH_BINS);
    expect(sketch.bins.reduce((sum, [, n]) => sum + n, 0)).toBe(sketch.count);
    const p99 = sketchQuantile(sketch, 0.99) as number;
    expect(p99 / 10 ** (-16 + 32 * 0.99)).toBeGreaterThan(0.97);
    expect(p99 / 10 ** (-16 + 32 * 0.99)).toBeLessThan(1.03);
  });

  it('counts the values above a limit', () => {
    const sketch = sketchOf([1, 2, 3, 10, 20]);
    expect(countAbove(sketch, 5)).toBe(2);
    expect(countAbove(sketch, 20)).toBe(0);
    expect(countAbove(sketch, 0.5)).toBe(5);
  });
});
