import { setTimeout as delay } from 'node:timers/promises';

/** Polls until the condition answers something; the limit only ends a test that would hang. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  within = { ms: 60_000 },
): Promise<T> {
  const deadline = Date.now() + within.ms;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`did not happen in time: ${what}`);
    await delay(25);
  }
}
