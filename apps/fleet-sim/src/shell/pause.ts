import { setTimeout as delay } from 'node:timers/promises';

/** What a timer can count. */
const LONGEST_MS = 2 ** 31 - 1;

/** Until it is over or `signal` is aborted. @param ms for ever where it is undefined */
export async function pause(ms: number | undefined, signal?: AbortSignal): Promise<void> {
  if (ms !== undefined && ms <= 0) return;
  await delay(Math.min(ms ?? LONGEST_MS, LONGEST_MS), undefined, { ...(signal && { signal }) }).catch(
    () => undefined,
  );
}
