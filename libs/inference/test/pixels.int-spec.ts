import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  cropPixels,
  decodeImage,
  decodePixels,
  encodeJpeg,
  encodePng,
  fitPixels,
  type Pixels,
} from '../src/index.js';

const noise = (width: number, height: number, channels: 1 | 3, seed = 1): Pixels => {
  const data = new Uint8Array(width * height * channels);
  let state = seed;
  for (let i = 0; i < data.length; i += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    data[i] = state >>> 16;
  }
  return { data, width, height, channels };
};

const RESIZES = ['stretch', 'cover', 'contain'] as const;
const REGION = { x: 5, y: 7, width: 20, height: 11 };

describe('a picture of a camera', () => {
  for (const resize of RESIZES) {
    for (const channels of [1, 3] as const) {
      it(`becomes the samples that its PNG becomes (${resize}, ${channels} channels)`, async () => {
        const pixels = noise(64, 48, 3);
        const form = { width: 24, height: 32, channels, resize, pad: 114 };
        const png = await encodePng(pixels.data, pixels);
        const fitted = await fitPixels(pixels, form);
        const decoded = await decodeImage(png, form);
        expect(fitted.frame).toEqual({ width: 64, height: 48 });
        expect(Buffer.compare(fitted.pixels, decoded.pixels)).toBe(0);
      });
    }
  }

  it('shows the same region as its PNG', async () => {
    const pixels = noise(64, 48, 3);
    const form = { width: 16, height: 16, channels: 3, resize: 'stretch' } as const;
    const png = await encodePng(pixels.data, pixels);
    const fitted = await fitPixels(pixels, form, REGION);
    const decoded = await decodeImage(png, form, undefined, REGION);
    expect(fitted.frame).toEqual({ width: 20, height: 11 });
    expect(decoded.frame).toEqual(fitted.frame);
    expect(Buffer.compare(fitted.pixels, decoded.pixels)).toBe(0);
  });

  it('is not copied where it fits already', async () => {
    const pixels = noise(16, 16, 3);
    const { pixels: same } = await fitPixels(pixels, { width: 16, height: 16, channels: 3, resize: 'cover' });
    expect(same).toBe(pixels.data);
  });

  it('is cut where the region leaves it, and refused where nothing is left', async () => {
    const pixels = noise(64, 48, 1);
    const { width, height } = cropPixels(pixels, { x: 60, y: 40, width: 100, height: 100 });
    expect({ width, height }).toEqual({ width: 4, height: 8 });
    expect(() => cropPixels(pixels, { x: 64, y: 0, width: 1, height: 1 })).toThrow(
      'the region 1x1 at 64, 0 lies outside of the frame of 64x48',
    );
  });

  it('has each sample of its region', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.nat(20),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (x, y, width, height) => {
          const pixels = noise(31, 21, 3);
          const cut = cropPixels(pixels, { x, y, width, height });
          for (let row = 0; row < cut.height; row += 1) {
            for (let i = 0; i < cut.width * 3; i += 1) {
              const there = pixels.data[((y + row) * 31 + x) * 3 + i];
              if (cut.data[row * cut.width * 3 + i] !== there) return false;
            }
          }
          return true;
        },
      ),
    );
  });

  it('comes back upright from an image that says how it was held', async () => {
    const pixels = noise(64, 48, 3);
    const turned = await sharp(pixels.data, { raw: { width: 64, height: 48, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const upright = await decodePixels(turned);
    expect([upright.width, upright.height]).toEqual([48, 64]);
    const form = { width: 20, height: 11, channels: 3, resize: 'stretch' } as const;
    const seen = await decodeImage(turned, form, undefined, REGION);
    expect(Buffer.compare(seen.pixels, cropPixels(upright, REGION).data)).toBe(0);
  });

  it('is a JPEG when it is wanted as one', async () => {
    const pixels: Pixels = { data: new Uint8Array(32 * 32 * 3).fill(90), width: 32, height: 32, channels: 3 };
    const back = await decodePixels(await encodeJpeg(pixels));
    expect([back.width, back.height, back.channels]).toEqual([32, 32, 3]);
    expect(Math.abs((back.data[500] ?? 0) - 90)).toBeLessThan(4);
    const grey = await decodePixels(await encodeJpeg(noise(32, 32, 1)));
    expect(grey.width).toBe(32);
  });
});
