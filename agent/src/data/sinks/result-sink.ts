import type { ResultRecord } from '@hamon/contracts';

/** Where results go. `write` returns at once and never throws: a sink in trouble drops and counts. */
export interface ResultSink {
  readonly name: string;
  /** A stream will write here: its place may be made before its first record. */
  expect?(stream: string): void;
  /** A stream that others share it with writes here no more. */
  leave?(stream: string): void;
  write(record: ResultRecord): void;
  /** Records that could not be kept. */
  readonly dropped: number;
  /** Records that were kept without their answer, or a part of it, because they were too large. */
  readonly shortened?: number;
  /** Settles when what was written so far is where a kill of this process leaves it, or was dropped. */
  kept?(): Promise<void>;
  close(): Promise<void>;
}
