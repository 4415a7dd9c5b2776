import type { InferenceResult, SampleReason } from '@hamon/contracts';
import type { Frame } from './frame.js';

/** What somebody else answered about a frame: the edge where the cloud's answer was taken, or the version in the shadow. */
export interface SecondOpinion {
  /** The very frame that was answered. */
  readonly frame: Frame;
  readonly stream: string;
  readonly kind: Extract<SampleReason, 'edge-cloud' | 'shadow-current'>;
  readonly result: InferenceResult;
}

/** Told before or after the frame has its answer. */
export type OnSecondOpinion = (opinion: SecondOpinion) => void;
