import { FrameCounters } from './frame-counters.js';
import { TelemetryRecorder, type TelemetryRecorderOptions } from './telemetry/telemetry-recorder.js';

export interface LaneOptions extends TelemetryRecorderOptions {
  /** Of the model that its frames are answered by. */
  readonly counters: FrameCounters;
}

/** One stream's way through a router: its frames' own telemetry and counters. */
export class Lane {
  readonly stream: string;
  readonly telemetry: TelemetryRecorder;
  readonly frames: FrameCounters;

  constructor(options: LaneOptions) {
    this.stream = options.stream;
    this.telemetry = new TelemetryRecorder(options);
    this.frames = new FrameCounters(options.counters);
  }
}
