/**
 * The end of one connection, and whoever waits for it. A promise raced against by every message of a connection that
 * lasts for weeks would hold on to each of them; here a waiter leaves with its answer.
 */
export class ConnectionEnd {
  private readonly waiters = new Set<(why: string) => void>();
  private why: string | undefined;

  get waiting(): number {
    return this.waiters.size;
  }

  /** The first reason counts. */
  reach(why: string): void {
    if (this.why !== undefined) return;
    this.why = why;
    for (const tell of this.waiters) tell(why);
    this.waiters.clear();
  }

  /** The outcome of `work`, where it comes before the end and within `limitMs`. */
  before<T>(work: Promise<T>, limitMs: number, failure: (why: string) => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(failure(why));
      const late = setTimeout(fail, limitMs, 'no acknowledgement');
      late.unref();
      if (this.why === undefined) this.waiters.add(fail);
      else fail(this.why);
      void work.then(resolve, reject).finally(() => {
        clearTimeout(late);
        this.waiters.delete(fail);
      });
    });
  }

  /** Settles with the reason. */
  wait(): Promise<string> {
    const { why } = this;
    return why === undefined ? new Promise((resolve) => this.waiters.add(resolve)) : Promise.resolve(why);
  }
}
