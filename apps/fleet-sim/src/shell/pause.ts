import { setTimeout as delay } from 'node:timers/promises';

/** The longest delay that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** Waits until the time is over or `signal` is aborted. @param ms may be `Infinity` */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  for (let left = ms; left > 0 && signal?.aborted !== true; left -= LONGEST_MS) {
    const turn = delay(Math.min(left, LONGEST_MS), undefined, { ...(signal && { signal }) });
    await turn.catch(() => undefined);
  }
}
