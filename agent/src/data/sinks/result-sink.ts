import type { InferenceResult } from '@hamon/contracts';
import type { FrameFailure } from '../frame.js';

/** `hamon.record/1`: one frame's result as a sink keeps it; exactly one of `result` and `error`. */
export interface ResultRecord {
  readonly schema: 'hamon.record/1';
  readonly at: string;
  /** The frame's name, where its source gave one. */
  readonly frame?: string;
  readonly result?: InferenceResult;
  readonly error?: FrameFailure;
}

/** Where results go. `write` returns at once and never throws: a sink in trouble drops and counts. */
export interface ResultSink {
  readonly name: string;
  write(record: ResultRecord): void;
  /** Records that could not be kept. */
  readonly dropped: number;
  close(): Promise<void>;
}
