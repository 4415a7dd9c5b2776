import { createHmac } from 'node:crypto';

export interface WebhookHeaders {
  /** The same for each attempt at one delivery: by it a receiver knows what it has already. */
  readonly 'webhook-id': string;
  /** Seconds since 1970, of this attempt. */
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** Standard Webhooks, "Signature scheme": HMAC-SHA256 over `id.timestamp.body`, made anew for each attempt. */
export function signWebhook(
  key: Uint8Array,
  id: string,
  at: Date,
  body: string | Uint8Array,
): WebhookHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/**
 * Standard Webhooks, "Signature scheme": the key is base64 of 24 to 64 random bytes behind `whsec_`.
 *
 * @throws Error whose message completes "NAME …"
 */
export function parseWebhookSecret(value: string): Uint8Array {
  const base64 = value.startsWith('whsec_') ? value.slice(6) : '';
  const key = Buffer.from(base64, 'base64');
  // Decoders skip what they do not know; a key other than the one written would sign nothing that verifies.
  if (key.length < 24 || key.length > 64 || key.toString('base64') !== base64) {
    throw new Error('must be whsec_ and base64 of 24 to 64 bytes (openssl rand -base64 32)');
  }
  return key;
}
