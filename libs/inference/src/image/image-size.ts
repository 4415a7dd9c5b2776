import { InferenceError } from '../inference-error.js';
import { imageFormat } from './image-format.js';
import { loadSharp } from './sharp.js';

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
    const sharp = await loadSharp();
    const { autoOrient } = await sharp(bytes).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    const message = `the image's header cannot be read: ${(cause as Error).message.slice(0, 200)}`;
    throw new InferenceError('image-invalid', message, { cause });
  }
}
