import type { PixelFrame } from '../../../src/data/frame.js';

/** A picture of one pixel, told apart by its name. */
export const numbered = (number: number): PixelFrame => ({
  kind: 'pixels',
  pixels: { data: Uint8Array.of(number & 255), width: 1, height: 1, channels: 1 },
  name: String(number),
});
