import type { Region } from '@hamon/contracts';
import { decodeImage, decodePixels, MAX_IMAGE_PIXELS } from './decode-image.js';
import type { DecodedImage, ImageForm, Pixels } from './image-form.js';
import { checkStatedSize } from './stated-size.js';

export interface ImageDecoderLimits {
  /** Larger images are refused; never above `MAX_IMAGE_PIXELS`. */
  readonly maxPixels: number;
  /** Images in memory at once; the others wait for their turn. */
  readonly maxAtOnce: number;
}

/**
 * `decodeImage` for whoever has little memory: an interlaced PNG or a progressive JPEG is unpacked whole, so that what
 * clients can make this process hold is `maxAtOnce` times the largest image, however many of them send at once.
 */
export class ImageDecoder {
  private readonly limits: ImageDecoderLimits;
  private readonly waiting: (() => void)[] = [];
  private runningCount = 0;

  constructor({ maxPixels = MAX_IMAGE_PIXELS, maxAtOnce = 2 }: Partial<ImageDecoderLimits> = {}) {
    this.limits = { maxPixels, maxAtOnce };
  }

  get running(): number {
    return this.runningCount;
  }

  /** @throws InferenceError `image-invalid` */
  decode(bytes: Uint8Array, input: ImageForm, region?: Region): Promise<DecodedImage> {
    return this.inTurn(bytes, (maxPixels) => decodeImage(bytes, input, maxPixels, region));
  }

  /** @throws InferenceError `image-invalid` */
  pixels(bytes: Uint8Array): Promise<Pixels> {
    return this.inTurn(bytes, (maxPixels) => decodePixels(bytes, maxPixels));
  }

  private async inTurn<T>(bytes: Uint8Array, decode: (maxPixels: number) => Promise<T>): Promise<T> {
    const { maxPixels, maxAtOnce } = this.limits;
    checkStatedSize(bytes, maxPixels);
    if (this.runningCount < maxAtOnce) this.runningCount += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await decode(maxPixels);
    } finally {
      const next = this.waiting.shift();
      // The place is handed on; nobody who comes in between takes it.
      if (next) next();
      else this.runningCount -= 1;
    }
  }
}
