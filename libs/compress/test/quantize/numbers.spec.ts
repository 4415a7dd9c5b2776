import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parametersFor, representableRange } from '../../src/quantize/quantization-parameters.js';
import { dequantizeWeight, quantizeWeight } from '../../src/quantize/quantize-weight.js';
import { packBlocks } from '../../src/quantize/weights/pack-blocks.js';
import { outputDistance } from '../../src/judge/output-distance.js';

const value = fc.float({ min: -1000, max: 1000, noNaN: true, noDefaultInfinity: true });

describe('activation parameters', () => {
  it('hold zero exactly and reach both ends to half a step', () => {
    fc.assert(
      fc.property(value, value, fc.constantFrom('uint8', 'int8'), fc.boolean(), (a, b, type, symmetric) => {
        const range = { min: Math.min(a, b), max: Math.max(a, b) };
        const parameters = parametersFor(range, type, symmetric);
        const reach = representableRange(parameters);
        // A symmetric grid stops one step short on the side where there is one integer less.
        const slack = parameters.scale * (symmetric ? 1.001 : 0.501);
        expect(reach.min).toBeLessThanOrEqual(Math.min(0, range.min) + slack);
        expect(reach.max).toBeGreaterThanOrEqual(Math.max(0, range.max) - slack);
        expect(Number.isInteger(parameters.zeroPoint)).toBe(true);
        expect(Math.fround(parameters.scale)).toBe(parameters.scale);
      }),
    );
  });

  it('use all integers for what is never negative, symmetric or not', () => {
    expect(parametersFor({ min: 0, max: 25.5 }, 'uint8', true)).toEqual({
      type: 'uint8',
      scale: Math.fround(0.1),
      zeroPoint: 0,
    });
    expect(parametersFor({ min: 0.2, max: 25.5 }, 'int8', false).zeroPoint).toBe(-128);
  });

  it('are symmetric in int8 whatever the range', () => {
    for (const [min, max] of [
      [-1, 0.5],
      [0, 2.54],
      [1, 12.7],
    ] as const) {
      const { zeroPoint, scale } = parametersFor({ min, max }, 'int8', true);
      expect(zeroPoint).toBe(0);
      expect(scale).toBe(Math.fround(Math.max(-min, max) / 127));
    }
  });

  it('survive a tensor that is always zero', () => {
    expect(parametersFor({ min: 0, max: 0 }, 'uint8', false).scale).toBeGreaterThan(0);
  });
});

describe('an int8 weight', () => {
  it('is off by at most half a step of its channel', () => {
    const weights = fc.array(value, { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(
        weights,
        fc.constantFrom(0, 1, undefined),
        fc.constantFrom(127, 63),
        (list, axis, limit) => {
          const floats = Float32Array.from(list);
          const quantized = quantizeWeight(floats, [4, 3, 2], { axis, limit });
          const back = dequantizeWeight(quantized, [4, 3, 2], axis);
          const stride = axis === 0 ? 6 : axis === 1 ? 2 : 24;
          floats.forEach((weight, index) => {
            const scale = quantized.scales[Math.floor(index / stride) % quantized.scales.length] ?? 0;
            expect(Math.abs(weight - (back[index] ?? NaN))).toBeLessThanOrEqual(scale * 0.5001);
            expect(Math.abs(quantized.values[index] ?? 999)).toBeLessThanOrEqual(limit);
          });
          expect(quantized.scales.length).toBe(axis === undefined ? 1 : [4, 3][axis]);
        },
      ),
    );
  });

  it('keeps a channel of zeros and honours a least scale', () => {
    const { values, scales } = quantizeWeight(Float32Array.of(0, 0, 1, -1), [2, 2], {
      axis: 0,
      limit: 127,
      leastScales: [0, 0.5],
    });
    expect([...values]).toEqual([0, 0, 2, -2]);
    expect(scales[1]).toBe(0.5);
    expect(scales[0]).toBeGreaterThan(0);
  });
});

describe('blocks of MatMulNBits', () => {
  it.each([4, 8] as const)('of %i bits unpack to the weights within a step, padding to nothing', (bits) => {
    const list = fc.array(value, { minLength: 2 * 20, maxLength: 2 * 20 });
    fc.assert(
      fc.property(list, (numbers) => {
        const values = Float32Array.from(numbers);
        const { data, scales, blocksPerRow } = packBlocks(values, 2, 20, bits, 16);
        expect(blocksPerRow).toBe(2);
        const perBlock = (16 * bits) / 8;
        for (let row = 0; row < 2; row += 1)
          for (let column = 0; column < 32; column += 1) {
            const block = row * 2 + Math.floor(column / 16);
            const at = column % 16;
            const byte = data[block * perBlock + (bits === 8 ? at : at >> 1)] ?? 0;
            const stored = bits === 8 ? byte : at % 2 === 0 ? byte & 15 : byte >> 4;
            const scale = scales[block] ?? NaN;
            const real = (stored - 2 ** (bits - 1)) * scale;
            const members = [...values.subarray(row * 20, row * 20 + 20)].slice(
              Math.floor(column / 16) * 16,
              Math.floor(column / 16) * 16 + 16,
            );
            const peak = Math.max(...members.map(Math.abs));
            const wanted = column < 20 ? (values[row * 20 + column] ?? NaN) : 0;
            // For 4 bits up to a quarter of the peak may be clipped where that serves the rest.
            const bound = bits === 8 ? Math.abs(scale) * 0.5001 : peak * 0.32 + 1e-6;
            expect(Math.abs(real - wanted)).toBeLessThanOrEqual(column < 20 ? bound : 0);
          }
      }),
    );
  });
});

describe('distance of outputs', () => {
  it('is zero for equal outputs and grows with the difference', () => {
    const sure = [Float32Array.of(0.9, 0.1)];
    expect(outputDistance(sure, sure)).toBeCloseTo(0, 12);
    const near = outputDistance(sure, [Float32Array.of(0.85, 0.15)]);
    const far = outputDistance(sure, [Float32Array.of(0.1, 0.9)]);
    expect(near).toBeGreaterThan(0);
    expect(far).toBeGreaterThan(near);
  });

  it('is relative to the spread for other outputs, and infinite for NaN', () => {
    const scores = [Float32Array.of(-30, 10, 50)];
    const larger = [Float32Array.of(-300, 100, 500)];
    const off = outputDistance(scores, [Float32Array.of(-31, 10, 50)]);
    expect(outputDistance(larger, [Float32Array.of(-310, 100, 500)])).toBeCloseTo(off, 6);
    expect(outputDistance(scores, [Float32Array.of(NaN, 10, 50)])).toBe(Infinity);
  });
});
