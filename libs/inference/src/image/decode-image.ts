import type { BundleInput, FrameSize } from '@hamon/contracts';
import type { Sharp } from 'sharp';
import { InferenceError } from '../inference-error.js';
import { imageFormat } from './image-format.js';
import { imageSize } from './image-size.js';
import { toChannels, type Samples } from './samples.js';
import { loadSharp } from './sharp.js';

/** Longest encoded image. */
export const MAX_IMAGE_BYTES = 32 * 1024 * 1024;
/** Largest image by pixels; a decompression bomb ends here. */
export const MAX_IMAGE_PIXELS = 50_000_000;

const FITS = { stretch: 'fill', cover: 'cover', contain: 'contain' } as const;

/** What the samples of an image depend on. */
export type ImageForm = Pick<BundleInput, 'width' | 'height' | 'channels' | 'resize' | 'pad'>;

export interface DecodedImage {
  /** 8-bit samples `[height, width, channels]`. */
  readonly pixels: Uint8Array;
  /** Of the image as it came, upright. */
  readonly frame: FrameSize;
}

/**
 * PNG or JPEG → 8-bit samples `[height, width, channels]` as a model's input wants them: EXIF orientation applied, alpha
 * removed, colour to grey by Rec. 601 luma, 16-bit samples cut to 8, resized with a triangle filter (what Pillow and
 * torchvision call bilinear). `contain` letterboxes in `pad`; `cover` crops the centre. The samples are red first, whatever
 * order the model takes.
 *
 * @throws InferenceError `image-invalid`: another format, broken, truncated, or above `MAX_IMAGE_BYTES` or `maxPixels`.
 */
export async function decodeImage(
  bytes: Uint8Array,
  input: ImageForm,
  maxPixels = MAX_IMAGE_PIXELS,
): Promise<DecodedImage> {
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new InferenceError(
      'image-invalid',
      `the image has ${bytes.length} bytes, at most ${MAX_IMAGE_BYTES}`,
    );
  }
  if (!imageFormat(bytes)) throw new InferenceError('image-invalid', 'the image is neither PNG nor JPEG');
  try {
    const [samples, frame] = await Promise.all([resized(bytes, input, maxPixels), imageSize(bytes)]);
    return { pixels: toChannels(samples, input.channels), frame };
  } catch (cause) {
    const message = `the image cannot be decoded: ${(cause as Error).message.slice(0, 200)}`;
    throw new InferenceError('image-invalid', message, { cause });
  }
}

type Size = Pick<BundleInput, 'width' | 'height' | 'resize' | 'pad'>;

const OPTIONS = {
  failOn: 'error',
  ignoreIcc: true,
  autoOrient: true,
  pages: 1,
} as const;

async function resized(bytes: Uint8Array, size: Size, limitInputPixels: number): Promise<Samples> {
  const options = { ...OPTIONS, limitInputPixels };
  const sharp = await loadSharp();
  const once = await samplesOf(fit(sharp(bytes, options).toColourspace('srgb'), size));
  if (once.channels % 2 === 1) return once;
  // With alpha, libvips weights colours by it while resizing: what hides behind transparent pixels would turn black. So
  // alpha is removed in a pass of its own, which the few images that have any can afford.
  const { data, info } = await sharp(bytes, options)
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return samplesOf(fit(sharp(data, { raw: { width, height, channels } }), size));
}

const fit = (image: Sharp, { width, height, resize, pad = 0 }: Size): Sharp =>
  image.resize(width, height, {
    fit: FITS[resize],
    kernel: 'linear',
    background: { r: pad, g: pad, b: pad, alpha: 1 },
    fastShrinkOnLoad: false,
  });

async function samplesOf(image: Sharp): Promise<Samples> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, channels: info.channels };
}
