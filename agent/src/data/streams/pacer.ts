import { setTimeout as delay } from 'node:timers/promises';
import type { Pace } from './pace.js';

export interface PacerOptions {
  readonly framesPerSecond: number;
  /** Before the first model there is nobody to answer, and a camera that nobody watches skips nothing. */
  readonly isWatched: () => boolean;
  /** Frames fell due while another one was under way. For sources that have one whenever it is due. */
  readonly onMissed?: (frames: number) => void;
  readonly clock?: PacerClock;
}

export interface PacerClock {
  /** Monotonic. */
  nowMs(): number;
  /** Ends early, and without an error, where the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const UNWATCHED_LOOK_MS = 200;

/** When frames come, wherever they come from: at a camera's rate, whatever the last one took. */
export class Pacer implements Pace {
  private readonly clock: PacerClock;
  private dueAt: number;
  /** Fell due since the last one taken. */
  private missed = 0;

  constructor(private readonly options: PacerOptions) {
    this.clock = options.clock ?? MACHINE_CLOCK;
    this.dueAt = this.clock.nowMs();
  }

  async due(signal: AbortSignal): Promise<void> {
    const { isWatched } = this.options;
    const { clock } = this;
    while (!isWatched() && !signal.aborted) {
      await clock.sleep(UNWATCHED_LOOK_MS, signal);
      this.dueAt = clock.nowMs();
    }
    this.passOver();
    await clock.sleep(this.dueAt - clock.nowMs(), signal);
    this.dueAt += this.periodMs;
  }

  /** What fell due before is not missed: there was nothing to take. */
  came(): void {
    this.dueAt = Math.max(this.dueAt, this.clock.nowMs());
  }

  /** Of the frames between two that are due, none is missed. */
  taken(): number {
    this.passOver();
    const { missed } = this;
    this.missed = 0;
    return missed;
  }

  /** Goes on to what is due now; what fell due before it is missed. */
  private passOver(): void {
    const missed = Math.max(0, Math.floor((this.clock.nowMs() - this.dueAt) / this.periodMs));
    this.dueAt += missed * this.periodMs;
    this.missed += missed;
    if (missed > 0) this.options.onMissed?.(missed);
  }

  private get periodMs(): number {
    return 1000 / this.options.framesPerSecond;
  }
}

const MACHINE_CLOCK: PacerClock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};
