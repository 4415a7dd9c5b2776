import { setTimeout as delay } from 'node:timers/promises';
import type { Pace } from './pace.js';

export interface PacerOptions {
  readonly framesPerSecond: number;
  /** Before the first model there is nobody to answer, and a camera that nobody watches skips nothing. */
  readonly isWatched: () => boolean;
  /** Frames fell due while another one was under way. */
  readonly onMissed: (frames: number) => void;
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

  constructor(private readonly options: PacerOptions) {
    this.clock = options.clock ?? MACHINE_CLOCK;
    this.dueAt = this.clock.nowMs();
  }

  /** What falls due meanwhile is counted here: of the frames between two that are due, none is missed. */
  async due(signal: AbortSignal): Promise<true> {
    const { framesPerSecond, isWatched, onMissed } = this.options;
    const { clock } = this;
    while (!isWatched() && !signal.aborted) {
      await clock.sleep(UNWATCHED_LOOK_MS, signal);
      this.dueAt = clock.nowMs();
    }
    const periodMs = 1000 / framesPerSecond;
    const missed = Math.floor((clock.nowMs() - this.dueAt) / periodMs);
    if (missed > 0) {
      onMissed(missed);
      this.dueAt += missed * periodMs;
    }
    await clock.sleep(this.dueAt - clock.nowMs(), signal);
    this.dueAt += periodMs;
    return true;
  }
}

const MACHINE_CLOCK: PacerClock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};
