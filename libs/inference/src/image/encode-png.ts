import type { BundleInput } from '@hamon/contracts';
import { loadSharp } from './sharp.js';

/** 8-bit samples `[height, width, channels]` → PNG; `decodeImage` gives the same samples back. */
export async function encodePng(
  pixels: Uint8Array,
  { width, height, channels }: Pick<BundleInput, 'width' | 'height' | 'channels'>,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const image = sharp(pixels, { raw: { width, height, channels } });
  return (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer();
}
