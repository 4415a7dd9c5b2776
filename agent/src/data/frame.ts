import type { FrameOrigin, InferenceResult, Region, Result } from '@hamon/contracts';
import type { Pixels } from '@hamon/inference';

/** One frame to be answered, as it came from a source. */
export type Frame = ImageFrame | PixelFrame | TensorFrame;

interface FrameParts {
  /** For people: a file's path, say. */
  readonly name?: string;
  /** Where it came from; what is not said is made when its record is. */
  readonly origin?: Partial<FrameOrigin>;
}

interface PictureParts extends FrameParts {
  /** The model sees this part alone. */
  readonly region?: Region;
}

/** An image's bytes, as they were stored or sent. */
export interface EncodedImage {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg';
}

export interface ImageFrame extends PictureParts, EncodedImage {
  readonly kind: 'image';
}

/** A picture of a camera. */
export interface PixelFrame extends PictureParts {
  readonly kind: 'pixels';
  /** Whoever looks at it leaves it as it is: other streams look at the same. */
  readonly pixels: Pixels;
}

export interface TensorFrame extends FrameParts {
  readonly kind: 'tensor';
  /** `[height, width, channels]` or `[channels, height, width]` as the bundle's layout says, already normalised. */
  readonly data: Float32Array;
  /** `tensorForm` of the model that it was made for, once one has accepted it. */
  readonly form?: string;
}

export const FRAME_FAILURES = [
  /** Refused; the frame was not accepted. */
  'overloaded',
  'stopping',
  'no-model',
  'undecodable',
  'input-mismatch',
  /** A frame was asked for, and its source gave none in time. */
  'no-frame',
  /** Accepted, but neither edge nor cloud had an answer. */
  'unanswered',
] as const;

/** What is wrong with a frame itself, by the counter that it goes into. */
export const INPUT_FAULTS = { undecodable: 'undecodable', 'input-mismatch': 'mismatched' } as const;
export type InputFault = (typeof INPUT_FAULTS)[keyof typeof INPUT_FAULTS];

export interface FrameFailure {
  readonly code: (typeof FRAME_FAILURES)[number];
  readonly detail: string;
  /** When trying again may help. */
  readonly retryAfterMs?: number;
}

export const NO_MODEL: FrameFailure = {
  code: 'no-model',
  detail: 'no model is installed',
  retryAfterMs: 10_000,
};

export type FrameOutcome = Result<InferenceResult, FrameFailure>;
