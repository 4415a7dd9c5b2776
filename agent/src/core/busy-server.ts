import { backoffMs } from './backoff.js';

/** With the waits below: about six minutes. */
export const MAX_ATTEMPTS = 10;
const BACKOFF = { firstMs: 2_000, maxMs: 60_000 };
/** No server, nor a proxy before it, makes a device wait for longer. */
const MOST_MS = 120_000;

/** Too many at once (RFC 6585, 4), or for a while not at all (RFC 9110, 15.6.4). */
export const isBusy = (status: number): boolean => status === 429 || status === 503;

/**
 * How long to wait before the next attempt; undefined where there have been enough. Never less than the server asks for,
 * and longer with each attempt. Jitter keeps devices that came at once from coming back at once.
 *
 * @param retryAfter the header as it came; a date, or none, leaves it to the device
 * @param random in [0, 1)
 */
export function waitForServerMs(
  attempts: number,
  retryAfter: string | null,
  random: number,
): number | undefined {
  if (attempts >= MAX_ATTEMPTS) return undefined;
  const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : 0;
  return Math.round(Math.min(MOST_MS, asked + backoffMs(attempts - 1, BACKOFF, random)));
}
