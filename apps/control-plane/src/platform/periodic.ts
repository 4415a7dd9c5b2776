import type { Log } from './log.js';

export interface Periodic {
  /** Runs as soon as the current run, if any, is over. */
  kick(): void;
  /** No run begins afterwards; resolves when the current one is over. */
  stop(): Promise<void>;
}

/**
 * Repeats a task, never two runs at once. A run that throws is logged, and the next one runs as usual: background work
 * must not end with its first fault.
 */
export function startPeriodic(
  name: string,
  intervalMs: number,
  task: (signal: AbortSignal) => Promise<void>,
  log: Log,
): Periodic {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;

  const run = (): void => {
    clearTimeout(timer);
    if (abort.signal.aborted) return;
    if (running) {
      again = true;
      return;
    }
    again = false;
    running = Promise.resolve()
      .then(() => task(abort.signal))
      .catch((cause: unknown) => {
        if (!abort.signal.aborted) log.error(`${name} failed`, cause);
      })
      .finally(() => {
        running = undefined;
        if (!abort.signal.aborted) timer = setTimeout(run, again ? 0 : intervalMs);
      });
  };
  timer = setTimeout(run, intervalMs);
  return {
    kick: run,
    stop: async () => {
      abort.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
