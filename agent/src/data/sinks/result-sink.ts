import type { ResultRecord } from '@hamon/contracts';
import type { ModbusPlace } from '../../adapters/modbus-link.js';

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
  /** Has this server of the plant what was written here so far? Waits for what is under way; true where none of it goes there. */
  shown?(server: ModbusPlace): Promise<boolean>;
  close(): Promise<void>;
}
