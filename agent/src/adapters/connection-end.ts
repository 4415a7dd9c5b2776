import { onSilence } from './on-silence.js';

export interface Patience {
  readonly silentMs: number;
  /** Moves while bytes come: an acknowledgement behind them is on its way. */
  readonly progress: () => number;
}

/**
 * The end of one connection, and those who wait for it. A promise raced against by every message of a connection that
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

  /** The outcome of `work`, where it comes before the end, and before nothing has come for `silentMs`. */
  before<T>(work: Promise<T>, { silentMs, progress }: Patience, failure: (why: string) => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(failure(why));
      const stopListening = onSilence(silentMs, progress, () => fail('no acknowledgement'));
      if (this.why === undefined) this.waiters.add(fail);
      else fail(this.why);
      void work.then(resolve, reject).finally(() => {
        stopListening();
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
