import { TokenBucket } from '../platform/token-bucket.js';

const DAY_SECONDS = 86_400;
/** What a row takes besides its body: its other columns and its entries in three indexes. */
const ROW_BYTES = 512;

export interface IntakeRules {
  readonly windowBytesPerDay: number;
  readonly eventsPerDay: number;
  /** Devices that are remembered at once; the one that was silent longest is forgotten first. */
  readonly maxDevices: number;
}

interface Budget {
  readonly windowBytes: TokenBucket;
  readonly events: TokenBucket;
}

/**
 * How much of what one device sends is kept: a day's worth at once, for a device that was offline, and a day's worth a day
 * on average. Each replica counts by itself, so that one key fills the database by that much times the replicas at most.
 */
export class IntakeQuota {
  /** In the order in which they last sent. */
  private readonly budgets = new Map<string, Budget>();

  constructor(private readonly rules: IntakeRules) {}

  /** The rule that keeping a message of so many bytes would break, or undefined where it may be kept. */
  refuse(
    name: 'telemetry' | 'event',
    device: string,
    lengthBytes: number,
    nowMs: number,
  ): string | undefined {
    const budget = this.budgetOf(device, nowMs);
    if (name === 'event') {
      return budget.events.tryTake(1, nowMs)
        ? undefined
        : `more than ${this.rules.eventsPerDay} events a day are not kept`;
    }
    return budget.windowBytes.tryTake(lengthBytes + ROW_BYTES, nowMs)
      ? undefined
      : `more than ${this.rules.windowBytesPerDay} bytes of windows a day are not kept`;
  }

  private budgetOf(device: string, nowMs: number): Budget {
    const { windowBytesPerDay, eventsPerDay, maxDevices } = this.rules;
    const budget = this.budgets.get(device) ?? {
      windowBytes: new TokenBucket(windowBytesPerDay / DAY_SECONDS, windowBytesPerDay, nowMs),
      events: new TokenBucket(eventsPerDay / DAY_SECONDS, eventsPerDay, nowMs),
    };
    this.budgets.delete(device);
    this.budgets.set(device, budget);
    const [longestSilent] = this.budgets.keys();
    if (this.budgets.size > maxDevices && longestSilent !== undefined) this.budgets.delete(longestSilent);
    return budget;
  }
}
