import { describe, expect, it } from 'vitest';
import { qualityOf } from '../../src/measure/quality.js';

const scores = (...rows: number[][]): Float32Array[] => rows.map((row) => Float32Array.from(row));

describe('qualityOf', () => {
  const original = scores([0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8]);
  const outputs = scores([0.9, 0.1], [0.4, 0.6], [0.7, 0.3], [0.1, 0.9]);
  const labels = [0, 0, 0, 1];

  it('counts right labels, by class too, and those that the original gives', () => {
    const quality = qualityOf({ original, outputs, labels, isClassification: true });
    expect(quality).toMatchObject({ samples: 4, accuracy: 0.75, agreement: 0.75 });
    expect(quality.balancedAccuracy).toBeCloseTo((2 / 3 + 1) / 2);
    expect(quality.klToFp32).toBeGreaterThan(0);
  });

  it('knows agreement without labels, and of itself nothing but agreement', () => {
    const quality = qualityOf({ original, outputs: original, labels: undefined, isClassification: true });
    expect(quality).toEqual({ samples: 4, agreement: 1, klToFp32: 0 });
  });

  it('compares outputs that are no labels by their error over the variance', () => {
    const outputError = qualityOf({
      original: scores([1, -1], [3, -3]),
      outputs: scores([1, -1], [3, -2]),
      labels: undefined,
      isClassification: false,
    }).outputError;
    expect(outputError).toBeCloseTo(1 / 20);
  });

  it('takes NaN for infinitely far', () => {
    const quality = qualityOf({
      original,
      outputs: original.map(() => Float32Array.of(NaN, NaN)),
      labels,
      isClassification: true,
    });
    expect(quality.klToFp32).toBe(Infinity);
  });
});
