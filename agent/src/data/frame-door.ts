import type { Frame, FrameOutcome } from './frame.js';

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
  skip(frames?: number): void;
  /** What came is no frame. */
  rejectUnreadable(): void;
}
