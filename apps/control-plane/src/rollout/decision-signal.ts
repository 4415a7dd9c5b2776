import { Injectable } from '@nestjs/common';

/** Tells in this process that rollouts were decided on; streams of their events read on then. */
@Injectable()
export class DecisionSignal {
  private readonly waiting = new Set<() => void>();

  tell(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves with the next decision, after the time, or when the signal aborts. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener('abort', done);
      this.waiting.add(done);
      if (signal.aborted) done();
    });
  }
}
