import { signWebhook } from '@hamon/trust';

export interface WebhookTarget {
  readonly url: string;
  readonly key: Uint8Array;
}

export type SendOutcome =
  | { readonly kind: 'taken' }
  /** `gone`: the receiver says that it wants no more (410). */
  | { readonly kind: 'failed' | 'gone'; readonly why: string };

const TIMEOUT_MS = 10_000;
/** We stop reading an answer that is longer. */
const MOST_ANSWER_BYTES = 4096;

/** One attempt. Never rejects; it costs ten seconds and a few kilobytes at most, whatever a receiver does. */
export async function sendWebhook(
  { url, key }: WebhookTarget,
  { id, body }: { readonly id: string; readonly body: string },
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<SendOutcome> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'hamon-webhook',
        ...signWebhook(key, id, new Date(), body),
      },
      body,
      // Nobody configured where it leads.
      redirect: 'manual',
      signal: within,
    });
    await discard(response);
    if (response.ok) return { kind: 'taken' };
    const redirect =
      response.status >= 300 && response.status < 400 ? ', a redirect, which is not followed' : '';
    return {
      kind: response.status === 410 ? 'gone' : 'failed',
      why: `the receiver answered ${response.status}${redirect}`,
    };
  } catch (cause) {
    if (!signal.aborted && within.aborted) return failed(`no answer within ${timeoutMs / 1000} s`);
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    return failed(inner instanceof Error ? inner.message : String(inner));
  }
}

/**
 * Read as far as keeps the connection usable, then cut. The status was the answer: what follows it does not matter, nor
 * that it ends badly or never.
 */
async function discard({ body }: Response): Promise<void> {
  const reader = body?.getReader();
  if (!reader) return;
  try {
    for (let bytes = 0; bytes < MOST_ANSWER_BYTES;) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
  } catch {
    // The answer broke off, or the time was up.
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

const failed = (why: string): SendOutcome => ({ kind: 'failed', why: why.slice(0, 500) });
