import { describe, expect, it } from 'vitest';
import { pngBomb } from '@hamon/testing';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { statedSize } from '../src/image/stated-size.js';

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'white' } });

describe('the size that a header states', () => {
  it.each<[string, (image: Sharp) => Sharp]>([
    ['PNG', (image) => image.png()],
    ['interlaced PNG', (image) => image.png({ progressive: true })],
    ['JPEG', (image) => image.jpeg()],
    ['progressive JPEG', (image) => image.jpeg({ progressive: true })],
    [
      'grey JPEG with metadata',
      (image) =>
        image
          .greyscale()
          .withExif({ IFD0: { Artist: 'x' } })
          .jpeg(),
    ],
  ])('is that of the %s', async (_, as) => {
    const bytes = await as(blank(321, 123)).toBuffer();
    expect(statedSize(bytes)).toEqual({ width: 321, height: 123 });
  });

  it('is nothing, and no fault, where there is no whole header', async () => {
    const whole = [await blank(9, 9).jpeg().toBuffer(), pngBomb(9, 9)];
    const cut = fc
      .tuple(fc.constantFrom(...whole), fc.nat(700), fc.nat(700), fc.nat(255))
      .map(([bytes, length, at, value]) => {
        const changed = Buffer.from(bytes.subarray(0, Math.max(3, length)));
        if (at >= 3 && at < changed.length) changed[at] = value;
        return changed;
      });
    fc.assert(
      fc.property(cut, (bytes) => {
        const size = statedSize(bytes);
        expect(size === undefined || (size.width >= 0 && size.height >= 0)).toBe(true);
      }),
    );
  });
});
