import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { calibrateRange } from '../../src/quantize/calibrate/calibrate-range.js';
import { Histogram } from '../../src/quantize/calibrate/histogram.js';
import { CALIBRATORS } from '../../src/quantize/options.js';
import { noise } from './models.js';

const histogramOf = (...parts: readonly Float32Array[]): Histogram => {
  const histogram = new Histogram();
  for (const part of parts) expect(histogram.add(part)).toBe(true);
  return histogram;
};

const floats = fc
  .array(
    fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e20), max: Math.fround(1e20) }),
    {
      minLength: 1,
      maxLength: 50,
    },
  )
  .map((list) => Float32Array.from(list));

describe('a histogram', () => {
  it('counts every value once, whatever reach it had before, near its bin', () => {
    fc.assert(
      fc.property(floats, floats, (first, second) => {
        const histogram = histogramOf(first, second);
        const all = [...first, ...second];
        expect(histogram.counts.reduce((a, b) => a + b, 0)).toBe(all.length);
        expect(histogram.min).toBe(Math.min(...all));
        expect(histogram.max).toBe(Math.max(...all));
        const [from, to] = histogram.used;
        const outside = histogram.counts.filter((_, bin) => bin < from || bin > to);
        expect(outside.every((count) => count === 0)).toBe(true);
      }),
    );
  });

  it('refuses NaN and infinity', () => {
    expect(new Histogram().add(Float32Array.of(1, NaN))).toBe(false);
    expect(new Histogram().add(Float32Array.of(Infinity))).toBe(false);
  });
});

describe('calibrated ranges', () => {
  it.each(CALIBRATORS)('%s never leave what was seen', (calibrator) => {
    fc.assert(
      fc.property(floats, (values) => {
        const { min, max } = calibrateRange(histogramOf(values), calibrator, 0.999);
        expect(min).toBeGreaterThanOrEqual(Math.min(0, ...values));
        expect(max).toBeLessThanOrEqual(Math.max(0, ...values));
        expect(min).toBeLessThanOrEqual(max);
      }),
      { numRuns: 20 },
    );
  });

  it('cover everything by MinMax, and clip a lone outlier by the others', () => {
    const values = noise(100_000, 1, 1);
    values[500] = 400;
    const histogram = histogramOf(values);
    expect(calibrateRange(histogram, 'minmax', 1).max).toBe(400);
    for (const calibrator of ['percentile', 'entropy'] as const)
      expect(calibrateRange(histogram, calibrator, 0.9999).max).toBeLessThanOrEqual(25);
    // One value far out costs more square error than rounding the rest, but not at its full distance.
    expect(calibrateRange(histogram, 'mse', 1).max).toBeLessThan(400);
  });

  it('leave out the same share at both ends by Percentile', () => {
    const values = Float32Array.from({ length: 10_001 }, (_, index) => (index - 5000) / 5000);
    const { min, max } = calibrateRange(histogramOf(values), 'percentile', 0.9);
    expect(min).toBeCloseTo(-0.9, 2);
    expect(max).toBeCloseTo(0.9, 2);
  });
});
