/** What a receiver's answer means for the record that it was sent. */
export type WebhookAnswer =
  | { readonly kind: 'taken' }
  /** It will not take this one, however often it comes. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Another time, perhaps. */
  | { readonly kind: 'failed'; readonly why: string; readonly waitMs?: number };

/** Client errors that pass: a time-out, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);
/** A receiver that asks for more is asked again after this. */
const LONGEST_WAIT_MS = 3_600_000;

/** @param retryAfter the header of that name, seconds or a date (RFC 9110, section 10.2.3) */
export function answerOf(status: number, retryAfter: string | undefined, now: Date): WebhookAnswer {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const why = `the receiver answered ${status}`;
  if (status >= 300 && status < 400)
    return { kind: 'failed', why: `${why}, a redirect, which is not followed` };
  if (status >= 400 && status < 500 && !PASSING.has(status)) return { kind: 'refused', why };
  const waitMs = waitOf(retryAfter, now);
  return { kind: 'failed', why, ...(waitMs !== undefined && { waitMs }) };
}

function waitOf(retryAfter: string | undefined, now: Date): number | undefined {
  const inMs = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : undefined;
  const until = retryAfter?.endsWith(' GMT') ? Date.parse(retryAfter) - now.getTime() : NaN;
  const waitMs = inMs ?? until;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS);
}
