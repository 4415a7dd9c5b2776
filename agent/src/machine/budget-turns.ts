import { setTimeout as delay } from 'node:timers/promises';
import { CpuBudget } from '../core/cpu-budget.js';
import { Places } from '../places.js';

/** Waits until the device's budget of processor time lets a stream's next frame in. */
export interface FrameTurns {
  /** True where it had to wait: what the stream missed meanwhile was left out for the budget's sake. */
  turn(signal: AbortSignal): Promise<boolean>;
}

export const NO_BUDGET: FrameTurns = { turn: () => Promise.resolve(false) };

/** A budget may have been changed meanwhile. */
const LONGEST_WAIT_MS = 500;

/** Streams take turns, in the order in which they come: none of them pays for the others. */
export class BudgetTurns implements FrameTurns {
  private readonly queue = new Places(1);
  private budget: CpuBudget | undefined;
  private cores: number | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @param cores whose worth may be taken; undefined: as much as there is */
  limit(cores: number | undefined): void {
    if (cores === this.cores) return;
    this.cores = cores;
    this.budget = cores === undefined ? undefined : new CpuBudget(cores, this.now());
  }

  /** @param cpuSeconds that all processes have taken since they began */
  measure(cpuSeconds: number): void {
    this.budget?.measure(cpuSeconds, this.now());
  }

  async turn(signal: AbortSignal): Promise<boolean> {
    if (!this.budget) return false;
    const leave = await this.queue.take(signal);
    if (!leave) return true;
    try {
      return await this.whenLetIn(signal);
    } finally {
      leave();
    }
  }

  private async whenLetIn(signal: AbortSignal): Promise<boolean> {
    let hasWaited = false;
    for (;;) {
      const waitMs = this.budget?.waitMs(this.now()) ?? 0;
      if (waitMs === 0 || signal.aborted) break;
      hasWaited = true;
      await delay(Math.min(waitMs, LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
    }
    if (!signal.aborted) this.budget?.charge(this.now());
    return hasWaited;
  }
}
