import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '@hamon/stats';
import { blurRegions, type Pixels } from '../src/index.js';

const noise = (width: number, height: number, channels: 1 | 3, seed = 1): Pixels => {
  const random = seededRandom(seed);
  const data = Uint8Array.from({ length: width * height * channels }, () => random.below(256));
  return { data, width, height, channels };
};

const at = ({ data, width, channels }: Pixels, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels),
];

/** Variance of what is left when slow changes are taken away: details, of which a face is made. */
function detail(pixels: Pixels, x0: number, y0: number, width: number, height: number): number {
  let sum = 0;
  for (let y = y0; y < y0 + height; y += 1) {
    for (let x = x0 + 1; x < x0 + width; x += 1) {
      sum += ((at(pixels, x, y)[0] as number) - (at(pixels, x - 1, y)[0] as number)) ** 2;
    }
  }
  return sum / (height * (width - 1));
}

describe('blurred regions', () => {
  it.each([1, 3] as const)(
    'of %i channels lose what was in them, and nothing else changes',
    async (channels) => {
      const before = noise(200, 120, channels);
      const region = { x: 40, y: 20, width: 96, height: 64 };
      const after = await blurRegions(before, [region]);
      expect(detail(before, 40, 20, 96, 64)).toBeGreaterThan(5000);
      expect(detail(after, 40, 20, 96, 64)).toBeLessThan(20);
      for (let y = 0; y < 120; y += 1) {
        for (let x = 0; x < 200; x += 1) {
          const isInside = x >= 40 && x < 136 && y >= 20 && y < 84;
          if (!isInside) expect(at(after, x, y)).toEqual(at(before, x, y));
        }
      }
      expect(before).toEqual(noise(200, 120, channels));
    },
  );

  it('tell nothing of how their pixels lay within an average', async () => {
    const before = noise(96, 96, 1);
    const region = { x: 0, y: 0, width: 96, height: 96 };
    // Each average is over 16 by 16 pixels here: however these change places, the result is the same.
    const shuffled = Uint8Array.from(before.data);
    const random = seededRandom(7);
    for (let cell = 0; cell < 36; cell += 1) {
      const places = Array.from({ length: 256 }, (_, i) => {
        return (Math.floor(cell / 6) * 16 + (i >> 4)) * 96 + (cell % 6) * 16 + (i & 15);
      });
      const order = random.shuffled(places);
      places.forEach((place, i) => void (shuffled[place] = before.data[order[i] as number] as number));
    }
    const other = await blurRegions({ ...before, data: shuffled }, [region]);
    expect(other.data).toEqual((await blurRegions(before, [region])).data);
  });

  it('that are small keep one colour', async () => {
    const after = await blurRegions(noise(64, 64, 3), [{ x: 10, y: 10, width: 20, height: 12 }]);
    expect(detail(after, 10, 10, 20, 12)).toBe(0);
  });

  it('may lie anywhere, also outside of the picture', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          x: fc.integer({ min: -50, max: 60 }),
          y: fc.integer({ min: -50, max: 60 }),
          width: fc.integer({ min: 1, max: 100 }),
          height: fc.integer({ min: 1, max: 100 }),
        }),
        async (region) => {
          const before = noise(40, 30, 3);
          const after = await blurRegions(before, [region]);
          const isTouched =
            region.x < 40 && region.y < 30 && region.x + region.width > 0 && region.y + region.height > 0;
          expect(after.data.length).toBe(before.data.length);
          if (!isTouched) expect(after).toBe(before);
        },
      ),
      { numRuns: 40 },
    );
  });
});
