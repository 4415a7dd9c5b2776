import type { BundleInput } from '@hamon/contracts';
import { InferenceError } from '../inference-error.js';
import { imageFormat } from './image-format.js';
import { toChannels } from './samples.js';
import { loadSharp } from './sharp.js';

/** Longest encoded image. */
export const MAX_IMAGE_BYTES = 32 * 1024 * 1024;
/** Largest image by pixels; a decompression bomb ends here. */
export const MAX_IMAGE_PIXELS = 50_000_000;

const FITS = { stretch: 'fill', cover: 'cover', contain: 'contain' } as const;

/**
 * PNG or JPEG → 8-bit samples `[height, width, channels]` as a model's input wants them: EXIF orientation applied, alpha
 * removed, colour to grey by Rec. 601 luma, 16-bit samples cut to 8, resized with a triangle filter (what Pillow and
 * torchvision call bilinear). `contain` letterboxes in black; `cover` crops the centre.
 *
 * @throws InferenceError `image-invalid`: another format, broken, truncated, or above `MAX_IMAGE_BYTES`/`MAX_IMAGE_PIXELS`.
 */
export async function decodeImage(
  bytes: Uint8Array,
  input: Pick<BundleInput, 'width' | 'height' | 'channels' | 'resize'>,
): Promise<Uint8Array> {
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new InferenceError(
      'image-invalid',
      `the image has ${bytes.length} bytes, at most ${MAX_IMAGE_BYTES}`,
    );
  }
  if (!imageFormat(bytes)) throw new InferenceError('image-invalid', 'the image is neither PNG nor JPEG');
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes, {
      limitInputPixels: MAX_IMAGE_PIXELS,
      failOn: 'error',
      ignoreIcc: true,
      autoOrient: true,
      pages: 1,
    })
      .toColourspace('srgb')
      .resize(input.width, input.height, {
        fit: FITS[input.resize],
        kernel: 'linear',
        background: { r: 0, g: 0, b: 0, alpha: 1 },
        fastShrinkOnLoad: false,
      })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return toChannels({ data, channels: info.channels }, input.channels);
  } catch (cause) {
    throw new InferenceError(
      'image-invalid',
      `the image cannot be decoded: ${(cause as Error).message.slice(0, 200)}`,
      {
        cause,
      },
    );
  }
}
