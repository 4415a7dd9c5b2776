export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The wait before attempt `attempt + 1`, doubling, with jitter over its upper half: a fleet that lost one broker does
 * not come back in one wave, and no wait is close to zero.
 *
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, { firstMs, maxMs }: BackoffOptions, random: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return full * (0.5 + random / 2);
}
