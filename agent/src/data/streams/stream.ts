import type { FrameCounters } from '../frame-counters.js';
import type { Admission, FrameDoor, SkipReason } from '../frame-door.js';
import type { FrameRouter } from '../frame-router.js';
import { NO_MODEL, type Frame, type FrameOutcome } from '../frame.js';
import type { StreamOutlet } from '../outlets/stream-outlet.js';

export type StreamRouter = Pick<FrameRouter, 'enter' | 'skip' | 'rejectUnreadable' | 'active'>;

export interface StreamOptions {
  readonly name: string;
  /** Of the model that answers it now; it may be another one for the next frame. */
  readonly router: () => StreamRouter | undefined;
  readonly outlet: Pick<StreamOutlet, 'put'>;
  /** Frames that no model was there for. */
  readonly unassigned: FrameCounters;
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

  async enter(signal: AbortSignal): Promise<Admission | null> {
    const { name, router } = this.options;
    const serving = router();
    if (serving) return serving.enter(signal, name);
    return { infer: (frame) => Promise.resolve(this.turnedAway(frame)), leave: () => undefined };
  }

  skip(frames = 1, why?: SkipReason): void {
    const { name, router, unassigned } = this.options;
    const serving = router();
    if (serving) serving.skip(frames, name, why);
    else unassigned.skip(frames, why);
  }

  rejectUnreadable(): void {
    const { name, router, unassigned } = this.options;
    const serving = router();
    if (serving) serving.rejectUnreadable(name);
    else unassigned.reject('undecodable');
  }

  private turnedAway(frame: Frame): FrameOutcome {
    const { outlet, unassigned } = this.options;
    unassigned.reject();
    const outcome: FrameOutcome = { ok: false, error: NO_MODEL };
    outlet.put(frame, outcome);
    return outcome;
  }
}
