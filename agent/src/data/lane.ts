import type { ResultRecord } from '@hamon/contracts';
import { FrameCounters } from './frame-counters.js';
import type { Frame, FrameOutcome } from './frame.js';
import { recordOf } from './record-of.js';
import type { ResultSink } from './sinks/result-sink.js';
import { TelemetryRecorder, type TelemetryRecorderOptions } from './telemetry/telemetry-recorder.js';

export interface LaneOptions extends TelemetryRecorderOptions {
  readonly sinks: readonly ResultSink[];
  /** Of the model that its frames are answered by. */
  readonly counters: FrameCounters;
}

/** One stream's way through a router: its frames' own telemetry, counters and sinks. */
export class Lane {
  readonly stream: string;
  readonly telemetry: TelemetryRecorder;
  readonly frames: FrameCounters;
  private readonly sinks: readonly ResultSink[];
  private readonly now: () => Date;

  constructor(options: LaneOptions) {
    this.stream = options.stream;
    this.telemetry = new TelemetryRecorder(options);
    this.frames = new FrameCounters(options.counters);
    this.sinks = options.sinks;
    this.now = options.now ?? (() => new Date());
  }

  toSinks(frame: Frame, outcome: FrameOutcome): void {
    if (this.sinks.length === 0) return;
    const record: ResultRecord = recordOf(frame, outcome, this.stream, this.now());
    for (const sink of this.sinks) sink.write(record);
  }
}
