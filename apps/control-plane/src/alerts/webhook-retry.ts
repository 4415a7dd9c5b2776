const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 3600;
/** With an hour between the last attempts this is about half a day: longer than a receiver is down overnight. */
const MOST_ATTEMPTS = 20;
/** Nobody acts on older news. */
const MOST_AGE_MS = 24 * 3_600_000;

export interface WebhookAttempts {
  /** The one that failed included. */
  readonly attempts: number;
  readonly createdAt: Date;
}

/**
 * When a delivery that failed is tried again, in seconds from now; undefined where its budget is spent. Each wait is
 * double the last one, spread by `random` in [0, 1) so that many do not come back at once.
 */
export function retryAfterSeconds(
  { attempts, createdAt }: WebhookAttempts,
  now: Date,
  random: number,
): number | undefined {
  const wait = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (attempts - 1)) * (0.5 + random);
  const tooLate = now.getTime() + wait * 1000 - createdAt.getTime() > MOST_AGE_MS;
  return attempts >= MOST_ATTEMPTS || tooLate ? undefined : wait;
}
