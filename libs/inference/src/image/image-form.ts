import type { BundleInput, FrameSize } from '@hamon/contracts';

/** What the samples of an image depend on. */
export type ImageForm = Pick<BundleInput, 'width' | 'height' | 'channels' | 'resize' | 'pad'>;

export interface DecodedImage {
  /** 8-bit samples `[height, width, channels]`. */
  readonly pixels: Uint8Array;
  /** Of the image as it came, upright; of the part of it that was asked for. */
  readonly frame: FrameSize;
}

/** A picture as a camera gives it: 8-bit samples `[height, width, channels]`, red first. */
export interface Pixels extends FrameSize {
  readonly data: Uint8Array;
  readonly channels: 1 | 3;
}
