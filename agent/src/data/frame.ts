import type { InferenceResult, Result } from '@hamon/contracts';

/** One frame to be answered, as it came from a source. `name` is for people: a file's path, say. */
export type Frame = ImageFrame | TensorFrame;

export interface ImageFrame {
  readonly kind: 'image';
  /** The encoded image; the cloud gets the same bytes. */
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg';
  readonly name?: string;
}

export interface TensorFrame {
  readonly kind: 'tensor';
  /** `[height, width, channels]` or `[channels, height, width]` as the bundle's layout says, already normalised. */
  readonly data: Float32Array;
  /** `tensorForm` of the model that it was made for, once one has accepted it. */
  readonly form?: string;
  readonly name?: string;
}

export const FRAME_FAILURES = [
  /** Refused; the frame was not accepted. */
  'overloaded',
  'stopping',
  'no-model',
  'undecodable',
  'input-mismatch',
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
