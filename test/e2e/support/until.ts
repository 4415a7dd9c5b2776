import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Only ends a test that would hang: the machine may be busy with anything. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Told with the failure. */
  readonly context?: () => string;
}

/** Polls until `probe` gives something, and answers it. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 180_000, everyMs = 50, context }: UntilOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`in vain: ${what}\n${context?.() ?? ''}`);
    await delay(everyMs);
  }
}
