import type { Frame, FrameOutcome } from '../frame.js';

/** A frame that a stream has taken from its source. */
export interface TakenFrame {
  readonly frame: Frame;
  /** Frames that came since the last one taken, and were replaced by newer ones. */
  readonly skipped: number;
  /**
   * Told what became of it. `again`: the source will offer the same once more.
   *
   * @param kept settles when a kill of this process cannot take the answer from those of its sinks that keep any
   */
  settle?(outcome: FrameOutcome, kept?: Promise<void>): Promise<'again' | void> | 'again' | void;
}

/** Something came that is no frame; the source itself says why. */
export const UNREADABLE = 'unreadable';
export type Taken = TakenFrame | typeof UNREADABLE;

/** One stream's view of a source. One call at a time; null where the signal is aborted first. */
export interface FrameReader {
  /** Settles when `next` has something to give at once. */
  ready(signal: AbortSignal): Promise<void>;
  /** The newest after the last one taken; of files, the following one. */
  next(signal: AbortSignal): Promise<Taken | null>;
  /** The newest there is, taken before or not; waits where there is none. */
  latest(signal: AbortSignal): Promise<Taken | null>;
  /** The first one that comes after this call. */
  fresh(signal: AbortSignal): Promise<Taken | null>;
  close(): void;
}

export interface SourceState {
  readonly state: 'opening' | 'running' | 'failing';
  /** Why it fails, in a sentence. */
  readonly detail?: string;
  /** Of its frames, where it knows. */
  readonly width?: number;
  readonly height?: number;
  readonly frames: number;
  /** How often it was begun anew. */
  readonly restarts: number;
  readonly lastFrameAt?: Date;
}

/** Where frames come from. It tells its troubles by itself, tries again by itself, and never throws. */
export interface FrameSource {
  start(): void;
  /** @param stream whose view it is */
  reader(stream?: string): FrameReader;
  readonly state: SourceState;
  /** Settles when nothing of it is left: no process, no open file. */
  stop(): Promise<void>;
}
