import { describe, expect, it } from 'vitest';
import type { BundleInput } from '@hamon/contracts';
import fc from 'fast-check';
import { halfBits, halfValue } from '../src/worker/element-type.js';
import { newValues, normaliser } from '../src/worker/normalise.js';

const inputs = fc
  .record({
    layout: fc.constantFrom<BundleInput['layout']>('NCHW', 'NHWC'),
    channels: fc.constantFrom<1 | 3>(1, 3),
    width: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 5 }),
    order: fc.constantFrom<'rgb' | 'bgr'>('rgb', 'bgr'),
    scale: fc.constantFrom(1, 1 / 255, -2),
    mean: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
    std: fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
  })
  .map((shape): BundleInput => ({ ...shape, name: 'image', dtype: 'float32', resize: 'stretch' }));

describe('normaliser', () => {
  it('puts (value * scale - mean) / std of every pixel where the layout wants it', () => {
    fc.assert(
      fc.property(inputs, fc.integer(), (input, salt) => {
        const { width, height, channels, layout, order, scale = 1, mean = [], std = [] } = input;
        const pixels = Uint8Array.from(
          { length: width * height * channels },
          (_, i) => (i * 37 + salt) & 0xff,
        );
        const tensor = new Float32Array(pixels.length);
        normaliser(input)(pixels, tensor);
        for (let y = 0; y < height; y += 1)
          for (let x = 0; x < width; x += 1)
            for (let c = 0; c < channels; c += 1) {
              const from = order === 'bgr' ? channels - 1 - c : c;
              const value = pixels[(y * width + x) * channels + from] ?? NaN;
              const at = layout === 'NCHW' ? (c * height + y) * width + x : (y * width + x) * channels + c;
              expect(tensor[at]).toBe(Math.fround((value * scale - (mean[c] ?? 0)) / (std[c] ?? 1)));
            }
      }),
    );
  });
});

describe('16-bit floats', () => {
  it('are read back as they are, all of them', () => {
    for (let bits = 0; bits < 65_536; bits += 1) {
      const value = halfValue(bits);
      if (Number.isNaN(value)) expect(halfValue(halfBits(value))).toBeNaN();
      else expect(halfBits(value)).toBe(bits);
    }
  });

  it('are the nearest to what they stand for, the even one of two', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -70_000, max: 70_000 }), (value) => {
        const bits = halfBits(value);
        const error = (other: number): number => Math.abs(halfValue(other) - value);
        if (Number.isFinite(halfValue(bits))) {
          const neighbours = [bits - 1, bits + 1].filter((n) => n >= 0 && Number.isFinite(halfValue(n)));
          for (const other of neighbours) {
            expect(error(bits)).toBeLessThanOrEqual(error(other));
            if (error(bits) === error(other) && halfValue(other) !== halfValue(bits))
              expect(bits & 1).toBe(0);
          }
        } else expect(Math.abs(value)).toBeGreaterThanOrEqual(65_520);
      }),
      { numRuns: 2000 },
    );
  });

  it('hold normalised samples', () => {
    const input = {
      name: 'i',
      layout: 'NCHW',
      width: 2,
      height: 1,
      channels: 1,
      dtype: 'float16',
      resize: 'stretch',
      scale: 1 / 255,
      mean: [0.5],
      std: [0.25],
    } as const;
    const tensor = newValues('float16', 2);
    normaliser({ ...input, mean: [0.5], std: [0.25] })(Uint8Array.of(0, 255), tensor);
    expect([...tensor].map(halfValue)).toEqual([-2, 2]);
  });
});
