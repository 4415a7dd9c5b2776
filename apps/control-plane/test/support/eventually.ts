import { setTimeout as delay } from 'node:timers/promises';

/** Looks less often the longer it takes: each look is a request that takes CPU time from what is waited for. */
const [FIRST_MS, MOST_MS] = [10, 100];

/** Polls until the condition answers something; the time limit only ends a test that would hang. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  within = { ms: 180_000 },
): Promise<T> {
  const deadline = Date.now() + within.ms;
  for (let pause = FIRST_MS; ; pause = Math.min(MOST_MS, 1.2 * pause)) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`did not happen in time: ${what}`);
    await delay(pause);
  }
}
