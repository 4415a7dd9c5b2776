import { performance } from 'node:perf_hooks';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const PARENT_LOOK_MS = 500;

export interface StopSignals {
  /** Told to end: once. */
  readonly stop: (why: NodeJS.Signals | 'parent') => void;
  /** Told again by somebody who does not want to wait. */
  readonly force: () => void;
  /** One order may come by several ways: a terminal tells the whole group, npm and a service manager each child. */
  readonly sameWithinMs?: number;
}

/**
 * Hears when this process is told to end. Under npm the end of the parent counts as being told: npm passes a signal to a
 * shell, which ends by it and tells nobody.
 */
export function onStopSignals({ stop, force, sameWithinMs = 1000 }: StopSignals): void {
  let toldMs: number | undefined;
  const hear = (why: NodeJS.Signals | 'parent'): void => {
    const nowMs = performance.now();
    if (toldMs === undefined) {
      toldMs = nowMs;
      stop(why);
    } else if (why !== 'parent' && nowMs - toldMs > sameWithinMs) {
      force();
    }
  };
  for (const signal of SIGNALS) process.on(signal, () => hear(signal));
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    hear('parent');
  }, PARENT_LOOK_MS).unref();
}
