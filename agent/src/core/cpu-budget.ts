/** So many seconds' worth of the budget may be saved up. */
const MOST_SAVED_SECONDS = 1;
/** And owed: more than costly frames of several models overrun a small budget by, which is never forgiven them. */
const MOST_OWED_SECONDS = 10;
/** Of the newest frames' cost in the estimate of the next one's. */
const NEWEST_SHARE = 0.3;
/** Before anything was measured. */
const FIRST_COST = 0.01;

/**
 * Processor time as a purse that fills at the rate of the budget. A frame is charged what frames have cost lately as soon as it
 * is let in; each measurement puts right what it really took, and charges whatever else the processes did. So the budget holds
 * over time, whatever frames cost, while what a single second takes may lie above it.
 *
 * All times are the monotonic clock's, in milliseconds; processor time is in seconds.
 */
export class CpuBudget {
  private balance = 0;
  private filledAtMs: number;
  private cost = FIRST_COST;
  private charged = 0;
  private frames = 0;
  private measured: number | undefined;

  /** @param cores whose worth may be taken; fractions too */
  constructor(
    private readonly cores: number,
    nowMs: number,
  ) {
    this.filledAtMs = nowMs;
  }

  /** Until the next frame may be let in; 0 where that is now. */
  waitMs(nowMs: number): number {
    this.fill(nowMs);
    return this.balance >= 0 ? 0 : Math.ceil((-this.balance / this.cores) * 1000);
  }

  /** A frame is let in. */
  charge(nowMs: number): void {
    this.fill(nowMs);
    this.balance -= this.cost;
    this.charged += this.cost;
    this.frames += 1;
  }

  /** @param cpuSeconds that all processes have taken since they began */
  measure(cpuSeconds: number, nowMs: number): void {
    this.fill(nowMs);
    const used = Math.max(0, cpuSeconds - (this.measured ?? cpuSeconds));
    if (this.frames > 0 && this.measured !== undefined) {
      this.cost += NEWEST_SHARE * (used / this.frames - this.cost);
    }
    this.measured = cpuSeconds;
    this.balance = Math.max(this.balance + this.charged - used, -this.mostOwed);
    this.charged = 0;
    this.frames = 0;
  }

  /** What cannot be paced (frames that were asked for, say) must not silence the streams for minutes afterwards. */
  private get mostOwed(): number {
    return Math.max(MOST_OWED_SECONDS * this.cores, 4 * this.cost);
  }

  private fill(nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.filledAtMs) / 1000;
    this.filledAtMs = nowMs;
    this.balance = Math.min(MOST_SAVED_SECONDS * this.cores, this.balance + this.cores * seconds);
  }
}
