import { InferenceError } from '../inference-error.js';
import { imageFormat } from './image-format.js';
import { loadSharp } from './sharp.js';
import { statedSize } from './stated-size.js';

const EXIF_LOOK_BYTES = 128 * 1024;

/** Pixels of an image as it is looked at, EXIF orientation applied. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that a PNG or JPEG states, read from its header alone.
 * @throws InferenceError `image-invalid`
 */
export async function imageSize(bytes: Uint8Array): Promise<ImageSize> {
  if (!imageFormat(bytes)) throw new InferenceError('image-invalid', 'the image is neither PNG nor JPEG');
  try {
    const stated = hasExif(bytes) ? undefined : statedSize(bytes);
    if (stated) return stated;
    const sharp = await loadSharp();
    const { autoOrient } = await sharp(bytes).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    const message = `the image's header cannot be read: ${(cause as Error).message.slice(0, 200)}`;
    throw new InferenceError('image-invalid', message, { cause });
  }
}

/** May an orientation be said somewhere? Then the library has to read it; a few bytes that only look like it do no harm. */
function hasExif(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, EXIF_LOOK_BYTES));
  return head.includes('Exif') || head.includes('eXIf');
}
