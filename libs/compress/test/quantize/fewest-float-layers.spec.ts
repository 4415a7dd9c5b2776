import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fewestFloatLayers } from '../../src/quantize/static/fewest-float-layers.js';

const layers = Array.from({ length: 12 }, (_, index) => index);

describe('the layers that stay float', () => {
  it('always hold the floor and are no more than needed for a floor that any few layers break', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(layers), async (needed) => {
        const holds = (kept: readonly number[]): Promise<boolean> =>
          Promise.resolve(needed.every((layer) => kept.includes(layer)));
        const kept = await fewestFloatLayers(layers, holds);
        expect(await holds(kept)).toBe(true);
        const last = Math.max(-1, ...needed);
        expect(kept.length).toBeLessThanOrEqual(last + 1);
        // Up to eight of those that the order put in front needlessly go back.
        expect(kept.length).toBeLessThanOrEqual(needed.length + Math.max(0, last + 1 - 8));
      }),
    );
  });

  it('are none where integers hold it alone', async () => {
    expect(await fewestFloatLayers(layers, () => Promise.resolve(true))).toEqual([]);
  });
});
