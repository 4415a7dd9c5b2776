/** Tells whether frames are being worked on, for work that must not delay them. */
export class FrameActivity {
  private underWay = 0;
  private begunFrames = 0;
  private waiters: (() => void)[] = [];

  /** Returns how to end it, to be called once. */
  begin(): () => void {
    this.underWay += 1;
    this.begunFrames += 1;
    return () => {
      this.underWay -= 1;
      if (this.underWay > 0) return;
      for (const resolve of this.waiters.splice(0)) resolve();
    };
  }

  /** Pieces of work begun so far: the same number before and after means that nothing came in between. */
  get begun(): number {
    return this.begunFrames;
  }

  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** Rejects with the signal's reason. It is still idle in the turn of the event loop in which this settles. */
  async whenIdle(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (!this.isIdle) {
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          this.waiters = this.waiters.filter((waiter) => waiter !== done);
          reject(signal.reason as Error);
        };
        const done = (): void => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        signal.addEventListener('abort', abort, { once: true });
        this.waiters.push(done);
      });
    }
  }
}
