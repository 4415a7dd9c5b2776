import { describe, expect, it } from 'vitest';
import type { BundleInput } from '@hamon/contracts';
import fc from 'fast-check';
import { activate, areFinite } from '../src/worker/activation.js';
import { normaliser } from '../src/worker/normalise.js';

const inputs = fc
  .record({
    layout: fc.constantFrom<BundleInput['layout']>('NCHW', 'NHWC'),
    channels: fc.constantFrom<1 | 3>(1, 3),
    width: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 5 }),
    scale: fc.constantFrom(1, 1 / 255, -2),
    mean: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
    std: fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
  })
  .map((shape): BundleInput => ({ ...shape, name: 'image', dtype: 'float32', resize: 'stretch' }));

describe('normaliser', () => {
  it('puts (value * scale - mean) / std of every pixel where the layout wants it', () => {
    fc.assert(
      fc.property(inputs, fc.integer(), (input, salt) => {
        const { width, height, channels, layout, scale, mean, std } = input;
        const pixels = Uint8Array.from(
          { length: width * height * channels },
          (_, i) => (i * 37 + salt) & 0xff,
        );
        const tensor = new Float32Array(pixels.length);
        normaliser(input)(pixels, tensor);
        for (let y = 0; y < height; y += 1)
          for (let x = 0; x < width; x += 1)
            for (let c = 0; c < channels; c += 1) {
              const value = pixels[(y * width + x) * channels + c] ?? NaN;
              const at = layout === 'NCHW' ? (c * height + y) * width + x : (y * width + x) * channels + c;
              expect(tensor[at]).toBe(Math.fround((value * scale - (mean[c] ?? 0)) / (std[c] ?? 1)));
            }
      }),
    );
  });
});

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
