import { describe, expect, it } from 'vitest';
import { baselineOf } from '../src/bundle/baseline.js';
import { classify } from '../src/bundle/classify.js';
import { brokenExpectation } from '../src/bundle/run-golden.js';

const labels = ['a', 'b', 'c'];
const expectation = { label: 'a', probabilities: [0.5, 0.49, 0.01], tolerance: 0.02 };

describe('brokenExpectation', () => {
  it('accepts what lies within the tolerance, also where two near labels change places', () => {
    expect(brokenExpectation([0.49, 0.5, 0.01], expectation, labels)).toBeUndefined();
  });

  it('names the label or the probability that differs', () => {
    expect(brokenExpectation([0.1, 0.8, 0.1], expectation, labels)).toBe('label "b" (0.8000), expected "a"');
    expect(brokenExpectation([0.55, 0.44, 0.01], expectation, labels)).toBe(
      '"a" is 0.5500, expected 0.5000 ± 0.02',
    );
  });

  it('refuses an expectation whose label is not the top of its own probabilities', () => {
    const twisted = { ...expectation, label: 'c' };
    expect(brokenExpectation(twisted.probabilities, twisted, labels)).toContain('expected "c"');
  });

  it('never lets NaN pass', () => {
    expect(brokenExpectation([NaN, NaN, NaN], expectation, labels)).toBeDefined();
    expect(brokenExpectation([], expectation, labels)).toBeDefined();
  });
});

describe('classify', () => {
  it('takes the top label, the first of equals', () => {
    expect(classify(Float32Array.of(0.25, 0.5, 0.25), labels)).toEqual({
      label: 'b',
      confidence: 0.5,
      probabilities: [0.25, 0.5, 0.25],
    });
    expect(classify(Float32Array.of(0.5, 0.5, 0), labels).label).toBe('a');
  });
});

describe('baselineOf', () => {
  it('counts labels and confidences, the edges included', () => {
    const baseline = baselineOf(
      [
        [1, 0, 0],
        [0, 0.97, 0.03],
        [0.4, 0.3, 0.3],
      ],
      labels,
    );
    expect(baseline.samples).toBe(3);
    expect(baseline.labels).toEqual({ a: 2, b: 1, c: 0 });
    expect(baseline.confidence[19]).toBe(2);
    expect(baseline.confidence[8]).toBe(1);
    expect(baseline.confidence.reduce((sum, count) => sum + count, 0)).toBe(3);
  });
});
