const SECONDS = 10;

/** How many a second, over the last ten seconds. */
export class RateMeter {
  private readonly counts = new Array<number>(SECONDS).fill(0);
  /** The newest second that is counted. */
  private second = 0;

  add(nowMs: number): void {
    this.advance(nowMs);
    const at = this.second % SECONDS;
    this.counts[at] = (this.counts[at] as number) + 1;
  }

  /** Of whole seconds: the one that is not over would look too few. */
  perSecond(nowMs: number): number {
    this.advance(nowMs);
    const running = this.counts[this.second % SECONDS] as number;
    return (this.counts.reduce((sum, count) => sum + count, 0) - running) / (SECONDS - 1);
  }

  private advance(nowMs: number): void {
    const now = Math.floor(nowMs / 1000);
    const passed = Math.min(SECONDS, now - this.second);
    for (let i = 1; i <= passed; i += 1) this.counts[(now - passed + i) % SECONDS] = 0;
    this.second = Math.max(this.second, now);
  }
}
