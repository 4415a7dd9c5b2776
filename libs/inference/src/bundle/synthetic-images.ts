import type { BundleInput } from '@hamon/contracts';
import { seededRandom } from '@hamon/stats';
import { encodePng } from '../image/encode-png.js';

/** Golden images for a bundle that brings none. */
export const SYNTHETIC_IMAGES = 8;

type Size = Pick<BundleInput, 'width' | 'height' | 'channels'>;

/** Image `index` of the seeded series, at the model's size: a light gradient, a few round spots and noise. */
export function syntheticPixels({ width, height, channels }: Size, index: number): Uint8Array {
  const random = seededRandom(index + 1).next;
  const [slopeX, slopeY, base] = [random() - 0.5, random() - 0.5, 60 + random() * 120];
  const spots = Array.from({ length: 1 + (index % 4) }, () => ({
    x: random() * width,
    y: random() * height,
    radius: (0.05 + random() * 0.2) * Math.min(width, height),
    depth: (random() - 0.5) * 200,
  }));
  const pixels = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let value = base + 60 * (slopeX * (x / width) + slopeY * (y / height));
      for (const spot of spots) {
        if ((x - spot.x) ** 2 + (y - spot.y) ** 2 < spot.radius ** 2) value += spot.depth;
      }
      for (let channel = 0; channel < channels; channel += 1, at += 1) {
        pixels[at] = Math.min(255, Math.max(0, Math.round(value + (random() - 0.5) * 40)));
      }
    }
  }
  return pixels;
}

/** The same image as a PNG. */
export const syntheticImage = (size: Size, index: number): Promise<Uint8Array> =>
  encodePng(syntheticPixels(size, index), size);
