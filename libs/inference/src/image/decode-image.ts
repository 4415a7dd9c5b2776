import type { Region } from '@hamon/contracts';
import type { Sharp } from 'sharp';
import { InferenceError } from '../inference-error.js';
import type { DecodedImage, ImageForm, Pixels } from './image-form.js';
import { imageFormat } from './image-format.js';
import { imageSize } from './image-size.js';
import { rawImage } from './pixels.js';
import { within } from './region.js';
import { fit, samplesOf, type Size } from './resize.js';
import { toChannels, type Samples } from './samples.js';
import { loadSharp } from './sharp.js';

/** Longest encoded image. */
export const MAX_IMAGE_BYTES = 32 * 1024 * 1024;
/** Largest image by pixels; a decompression bomb ends here. */
export const MAX_IMAGE_PIXELS = 50_000_000;

/**
 * PNG or JPEG → 8-bit samples `[height, width, channels]` as a model's input wants them: EXIF orientation applied, alpha
 * removed, colour to grey by Rec. 601 luma, 16-bit samples cut to 8, resized with a triangle filter (what Pillow and
 * torchvision call bilinear). `contain` letterboxes in `pad`; `cover` crops the centre. The samples are red first, whatever
 * order the model takes.
 *
 * @param region the part of the upright image that the model sees; the frame is then that part
 * @throws InferenceError `image-invalid`: another format, broken, truncated, above `MAX_IMAGE_BYTES` or `maxPixels`, or a
 * region outside of it.
 */
export async function decodeImage(
  bytes: Uint8Array,
  input: ImageForm,
  maxPixels = MAX_IMAGE_PIXELS,
  region?: Region,
): Promise<DecodedImage> {
  return reading(bytes, async () => {
    if (!region) {
      const opening = { maxPixels, region };
      const [samples, frame] = await Promise.all([resized(bytes, input, opening), imageSize(bytes)]);
      return { pixels: toChannels(samples, input.channels), frame };
    }
    const seen = within(await imageSize(bytes), region);
    const samples = await resized(bytes, input, { maxPixels, region: seen });
    return { pixels: toChannels(samples, input.channels), frame: { width: seen.width, height: seen.height } };
  });
}

/**
 * PNG or JPEG → the picture itself, upright and in RGB or grey.
 * @throws InferenceError `image-invalid`
 */
export async function decodePixels(bytes: Uint8Array, maxPixels = MAX_IMAGE_PIXELS): Promise<Pixels> {
  return reading(bytes, () => withoutAlpha(bytes, { maxPixels, region: undefined }));
}

async function reading<T>(bytes: Uint8Array, read: () => Promise<T>): Promise<T> {
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new InferenceError(
      'image-invalid',
      `the image has ${bytes.length} bytes, at most ${MAX_IMAGE_BYTES}`,
    );
  }
  if (!imageFormat(bytes)) throw new InferenceError('image-invalid', 'the image is neither PNG nor JPEG');
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof InferenceError) throw cause;
    const message = `the image cannot be decoded: ${(cause as Error).message.slice(0, 200)}`;
    throw new InferenceError('image-invalid', message, { cause });
  }
}

const OPTIONS = {
  failOn: 'error',
  ignoreIcc: true,
  autoOrient: true,
  pages: 1,
} as const;

interface Opening {
  readonly maxPixels: number;
  readonly region: Region | undefined;
}

async function resized(bytes: Uint8Array, size: Size, opening: Opening): Promise<Samples> {
  const once = await samplesOf(fit(await opened(bytes, opening), size));
  if (once.channels % 2 === 1) return once;
  // With alpha, libvips weights colours by it while resizing: what hides behind transparent pixels would turn black. So
  // alpha is removed in a pass of its own, which the few images that have any can afford.
  return samplesOf(fit(await rawImage(await withoutAlpha(bytes, opening)), size));
}

async function opened(bytes: Uint8Array, { maxPixels, region }: Opening): Promise<Sharp> {
  const sharp = await loadSharp();
  const image = sharp(bytes, { ...OPTIONS, limitInputPixels: maxPixels }).toColourspace('srgb');
  if (!region) return image;
  const { x, y, width, height } = region;
  return image.extract({ left: x, top: y, width, height });
}

async function withoutAlpha(bytes: Uint8Array, opening: Opening): Promise<Pixels> {
  const image = (await opened(bytes, opening)).removeAlpha().raw({ depth: 'uchar' });
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3 };
}
