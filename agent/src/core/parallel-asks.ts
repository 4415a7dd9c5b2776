/** Where nothing is known of the link yet. */
export const FIRST_PARALLEL = 2;

/** Faster than this, the link has room for one more … */
const QUICK_MS = 2000;
/** … slower, chunks that are asked for at once only wait for each other. */
const SLOW_MS = 8000;

/**
 * How many chunks to ask for at once after one took `tookMs`. Each of them waits for those before it on the same link, so
 * that the time of one tells how much lies in the queue: a slow link is asked for one at a time, and news gets through.
 */
export function parallelAfter(current: number, tookMs: number, max: number): number {
  if (tookMs < QUICK_MS) return Math.min(max, current + 1);
  if (tookMs > SLOW_MS) return Math.max(1, current - 1);
  return current;
}
