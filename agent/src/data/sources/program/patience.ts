export interface Patience {
  /** Of the configuration; 0: silence is no fault. */
  readonly stallMs: number;
  /** What the first frame took the last time that one came. */
  readonly lastOpeningMs?: number;
}

const LEAST_MS = 3000;
const FIRST_MS = 10_000;
const MOST_MS = 30_000;

/**
 * How long a program may take to its first frame. One that was quick before is soon tried again: in a bad network each
 * further attempt of one connection waits twice as long, and a new one comes through first. Infinity: for ever.
 *
 * @param attempt from 0, since one that lasted
 */
export function openingMs({ stallMs, lastOpeningMs }: Patience, attempt: number): number {
  if (stallMs === 0) return Infinity;
  const first = lastOpeningMs === undefined ? FIRST_MS : Math.max(LEAST_MS, 2 * lastOpeningMs);
  return Math.min(MOST_MS, first * 2 ** Math.max(0, attempt - 3));
}
