import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { activate } from '../src/shared/activate.js';
import { areFinite } from '../src/shared/read-tensor.js';

describe('activate', () => {
  const scores = fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 2, maxLength: 20 });

  it('makes softmax probabilities that add up to 1 and keep the order, however large the scores', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const activated = Float32Array.from(values);
        activate(activated, 'softmax');
        expect(activated.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
        const top = values.indexOf(Math.max(...values));
        expect(activated[top]).toBe(Math.max(...activated));
      }),
    );
  });

  it('makes sigmoid values one by one and leaves "none" alone', () => {
    const values = Float32Array.of(-1000, 0, 1000);
    activate(values, 'none');
    expect([...values]).toEqual([-1000, 0, 1000]);
    activate(values, 'sigmoid');
    expect([...values]).toEqual([0, 0.5, 1]);
  });

  it('does not hide NaN or infinity', () => {
    for (const bad of [NaN, Infinity]) {
      const values = Float32Array.of(0, bad);
      activate(values, 'softmax');
      expect(areFinite(values)).toBe(false);
    }
  });
});
