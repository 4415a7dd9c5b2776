import type { FrameCounters } from '../frame-counters.js';
import type { FrameRouter } from '../frame-router.js';
import type { FrameDoor } from '../frame-door.js';
import { NO_MODEL, type Frame, type FrameOutcome } from '../frame.js';
import { recordOf } from '../record-of.js';
import type { ResultSink } from '../sinks/result-sink.js';

export type StreamRouter = Pick<FrameRouter, 'infer' | 'skip' | 'rejectUnreadable' | 'active'>;

export interface StreamOptions {
  readonly name: string;
  /** Of the model that answers it now; it may be another one for the next frame. */
  readonly router: () => StreamRouter | undefined;
  readonly sinks: readonly ResultSink[];
  /** Frames that no model was there for. */
  readonly unassigned: FrameCounters;
  readonly now: () => Date;
}

/** One row of `streams` in the agent's configuration: frames of one origin, answered by one model at a time. */
export class Stream implements FrameDoor {
  constructor(private readonly options: StreamOptions) {}

  get name(): string {
    return this.options.name;
  }

  get isWatched(): boolean {
    const active = this.options.router()?.active ?? null;
    return active !== null;
  }

  async infer(frame: Frame): Promise<FrameOutcome> {
    const { name, router, sinks, unassigned, now } = this.options;
    const serving = router();
    if (serving) return serving.infer(frame, name);
    unassigned.reject();
    const outcome: FrameOutcome = { ok: false, error: NO_MODEL };
    for (const sink of sinks) sink.write(recordOf(frame, outcome, name, now()));
    return outcome;
  }

  skip(frames = 1): void {
    const { name, router, unassigned } = this.options;
    const serving = router();
    if (serving) serving.skip(frames, name);
    else unassigned.skip(frames);
  }

  rejectUnreadable(): void {
    const { name, router, unassigned } = this.options;
    const serving = router();
    if (serving) serving.rejectUnreadable(name);
    else unassigned.reject('undecodable');
  }
}
