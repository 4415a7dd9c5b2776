import { describe, expect, it } from 'vitest';
import { taskNamed } from '../../src/index.js';

const task = taskNamed('classification');
const labels = ['a', 'b', 'c'];
const spec = { name: 'scores', activation: 'none' as const, labels };
const expectation = { label: 'a', probabilities: [0.5, 0.49, 0.01], tolerance: 0.02 };
const answerOf = (probabilities: number[]) => ({ label: '', confidence: 0, probabilities });
const broken = (probabilities: number[], expected = expectation): string | undefined =>
  task.golden.broken(answerOf(probabilities), expected, spec);

describe('a golden sample', () => {
  it('accepts what lies within the tolerance, also where two near labels change places', () => {
    expect(broken([0.49, 0.5, 0.01])).toBeUndefined();
  });

  it('names the label or the probability that differs', () => {
    expect(broken([0.1, 0.8, 0.1])).toBe('label "b" (0.8000), expected "a"');
    expect(broken([0.55, 0.44, 0.01])).toBe('"a" is 0.5500, expected 0.5000 ± 0.02');
  });

  it('refuses an expectation whose label is not the top of its own probabilities', () => {
    const twisted = { ...expectation, label: 'c' };
    expect(broken(twisted.probabilities, twisted)).toContain('expected "c"');
  });

  it('never lets NaN pass', () => {
    expect(broken([NaN, NaN, NaN])).toBeDefined();
    expect(broken([])).toBeDefined();
  });
});

describe('an answer', () => {
  const decode = task.decoder(spec, {} as never);
  const frame = { width: 4, height: 4 };
  const of = (...values: number[]) =>
    decode(new Map([['scores', { dims: [1, values.length], data: Float32Array.from(values) }]]), frame);

  it('is the top label, the first of equals', () => {
    expect(of(0.25, 0.5, 0.25)).toEqual({
      ok: true,
      value: { label: 'b', confidence: 0.5, probabilities: [0.25, 0.5, 0.25] },
    });
    expect(of(0.5, 0.5, 0)).toMatchObject({ value: { label: 'a' } });
  });

  it('is none where outputs are NaN, or too few', () => {
    expect(of(0, NaN, 0)).toMatchObject({ error: { code: 'output-not-finite' } });
    expect(of(0, 1)).toMatchObject({ error: { code: 'labels-mismatch' } });
  });
});

describe('a summary', () => {
  it('counts labels and confidences, the edges included', () => {
    const summary = task.summaries.collect(spec);
    for (const [label, confidence] of [
      ['a', 1],
      ['b', 0.97],
      ['a', 0.4],
    ] as const) {
      summary.add({ label, confidence, probabilities: [] }, { width: 4, height: 4 });
    }
    const confidence = new Array<number>(20).fill(0);
    confidence[19] = 2;
    confidence[8] = 1;
    expect(summary.build()).toEqual({
      kind: 'classification/1',
      answers: 3,
      labels: { a: 2, b: 1 },
      others: 0,
      confidence,
    });
  });
});
