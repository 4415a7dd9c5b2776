/** A rate with a burst, as a pure function of the times it is asked at. */
export class TokenBucket {
  private level: number;
  private atMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.level = burst;
    this.atMs = nowMs;
  }

  /** Takes `cost` and answers how long the taker has to wait: debts are paid in order, nothing is refused. */
  take(cost: number, nowMs: number): number {
    this.refill(nowMs);
    this.level -= cost;
    return this.level >= 0 ? 0 : Math.ceil((-this.level * 1000) / this.perSecond);
  }

  /** Takes `cost` where there is enough, else nothing. */
  tryTake(cost: number, nowMs: number): boolean {
    this.refill(nowMs);
    if (cost > this.level) return false;
    this.level -= cost;
    return true;
  }

  private refill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.atMs);
    this.atMs = Math.max(this.atMs, nowMs);
    this.level = Math.min(this.burst, this.level + (elapsedMs * this.perSecond) / 1000);
  }
}
