import type { ResultRecord } from '@hamon/contracts';
import { DroppedRecords, type DroppedRecordsOptions } from './dropped-records.js';
import { fittedRecord } from './fitted-record.js';
import type { ResultSink } from './result-sink.js';
import { SendsUnderWay } from './sends-under-way.js';

/** What is needed of `process.stdout`. */
export interface LineOutput {
  readonly writable: boolean;
  /** Bytes that wait for whoever reads. */
  readonly writableLength: number;
  write(text: string, done: (cause?: Error | null) => void): boolean;
  on(event: 'error', listener: (cause: Error) => void): unknown;
  off(event: 'error', listener: (cause: Error) => void): unknown;
}

export interface StdoutSinkOptions extends DroppedRecordsOptions {
  readonly output: LineOutput;
}

/** What may wait for a slow reader; what comes beyond is dropped. */
const MAX_WAITING_BYTES = 4 * 1024 ** 2;
const MAX_LINE_BYTES = 1024 ** 2;

/** Each write tells its own. */
const ignore = (): void => undefined;

/** One JSON document a line, for whatever the agent is piped into. A reader that is slow or gone costs records, never a frame. */
export class StdoutSink implements ResultSink {
  readonly name = 'stdout';
  private readonly drops: DroppedRecords;
  private readonly writes = new SendsUnderWay();
  private shortenedRecords = 0;

  constructor(private readonly options: StdoutSinkOptions) {
    this.drops = new DroppedRecords(options);
    // Without a listener an EPIPE would end the agent, also after this sink's own end.
    options.output.off('error', ignore);
    options.output.on('error', ignore);
  }

  get dropped(): number {
    return this.drops.count;
  }

  get shortened(): number {
    return this.shortenedRecords;
  }

  write(record: ResultRecord): void {
    const { output } = this.options;
    if (!output.writable) {
      this.drops.add(1, 'stdout is closed');
      return;
    }
    if (output.writableLength > MAX_WAITING_BYTES) {
      this.drops.add(1, 'what reads stdout is too slow');
      return;
    }
    const { text, isShortened } = fittedRecord(record, MAX_LINE_BYTES);
    if (isShortened) this.shortenedRecords += 1;
    this.writes.add(
      new Promise((resolve) => {
        output.write(`${text}\n`, (cause) => {
          if (cause) this.drops.add(1, `stdout: ${cause.message}`);
          else this.drops.recover();
          resolve();
        });
      }),
    );
  }

  close(): Promise<void> {
    return this.writes.settle();
  }
}
