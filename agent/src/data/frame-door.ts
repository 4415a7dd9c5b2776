import type { Frame, FrameOutcome } from './frame.js';

/** Why frames are left out, where it is no want of speed: the device keeps to its budget of processor time. */
export type SkipReason = 'cpu-budget';

/** A place before the model, kept for one frame. */
export interface Admission {
  /** Once, instead of `leave`. */
  infer(frame: Frame): Promise<FrameOutcome>;
  /** No frame came after all. */
  leave(): void;
}

/** Where a stream's frames go. */
export interface FrameDoor {
  /** Before the first model there is nobody to answer. */
  readonly isWatched: boolean;
  /** Waits for a place: streams that share a model take turns. Null where the signal is aborted first. */
  enter(signal: AbortSignal): Promise<Admission | null>;
  /** Frames were left out. */
  skip(frames?: number, why?: SkipReason): void;
  /** What came is no frame. */
  rejectUnreadable(): void;
}
