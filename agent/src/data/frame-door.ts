import type { Frame, FrameOutcome } from './frame.js';

/** Where a source puts its frames. */
export interface FrameDoor {
  /** Before the first model there is nobody to answer. */
  readonly isWatched: boolean;
  infer(frame: Frame): Promise<FrameOutcome>;
  /** Frames were left out. */
  skip(frames?: number): void;
  /** What came is no frame. */
  rejectUnreadable(): void;
}
