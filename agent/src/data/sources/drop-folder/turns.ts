/** Wakes whoever waits for something to change; who comes later waits for the next change. */
export class Turns {
  private waiters: (() => void)[] = [];

  wake(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  /** Settles with the next change, after `ms`, or where the signal is aborted. */
  async next(signal: AbortSignal, ms = Infinity): Promise<void> {
    if (signal.aborted || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.waiters = this.waiters.filter((waiter) => waiter !== done);
        resolve();
      };
      const timer = Number.isFinite(ms) ? setTimeout(done, ms) : undefined;
      signal.addEventListener('abort', done, { once: true });
      this.waiters.push(done);
    });
  }
}
