import type { Region } from '@hamon/contracts';
import type { Sharp } from 'sharp';
import type { DecodedImage, ImageForm, Pixels } from './image-form.js';
import { within } from './region.js';
import { fit, samplesOf } from './resize.js';
import { toChannels } from './samples.js';
import { loadSharp } from './sharp.js';

/** A part of a picture, by itself; the picture itself where the part is all of it. */
export function cropPixels(pixels: Pixels, region: Region): Pixels {
  const { x, y, width, height } = within(pixels, region);
  const { data, channels } = pixels;
  if (width === pixels.width && height === pixels.height) return pixels;
  const cut = new Uint8Array(width * height * channels);
  const rowBytes = width * channels;
  for (let row = 0; row < height; row += 1) {
    const from = ((y + row) * pixels.width + x) * channels;
    cut.set(data.subarray(from, from + rowBytes), row * rowBytes);
  }
  return { data: cut, width, height, channels };
}

/**
 * A picture → the samples that a model's input wants, resized as `decodeImage` does it. Samples that fit already are given
 * back as they are, not copied.
 */
export async function fitPixels(pixels: Pixels, input: ImageForm, region?: Region): Promise<DecodedImage> {
  const seen = region ? cropPixels(pixels, region) : pixels;
  const { data, width, height, channels } = seen;
  const frame = { width, height };
  const fits = width === input.width && height === input.height;
  const samples = fits ? { data, channels } : await samplesOf(fit(await rawImage(seen), input));
  return { pixels: toChannels(samples, input.channels), frame };
}

/** A picture → JPEG. @param quality 1 to 100 */
export async function encodeJpeg(pixels: Pixels, quality = 90): Promise<Uint8Array> {
  return (await rawImage(pixels)).jpeg({ quality }).toBuffer();
}

export async function rawImage({ data, width, height, channels }: Pixels): Promise<Sharp> {
  const sharp = await loadSharp();
  const image = sharp(data, { raw: { width, height, channels } });
  return channels === 1 ? image.toColourspace('b-w') : image;
}
