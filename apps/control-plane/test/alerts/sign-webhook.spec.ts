import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { signWebhook } from '../../src/alerts/sign-webhook.js';
import { retryAfterSeconds } from '../../src/alerts/webhook-retry.js';

describe('the signature of a webhook', () => {
  it('is the one of the Standard Webhooks specification', () => {
    const key = Buffer.from('plJ3nmyCDGBKInavdOK15jsl', 'base64');
    const body = '{"event_type":"ping","data":{"success":true}}';
    expect(signWebhook(key, 'msg_loFOjxBNrRLzqYUf', new Date(1_731_705_121_500), body)).toEqual({
      'webhook-id': 'msg_loFOjxBNrRLzqYUf',
      'webhook-timestamp': '1731705121',
      'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
    });
  });
});

describe('a webhook that failed', () => {
  const createdAt = new Date('2026-03-01T12:00:00.000Z');

  it('is tried again within a day, after growing waits, and not for ever', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
        let now = createdAt.getTime();
        let attempts = 1;
        for (;;) {
          const wait = retryAfterSeconds({ attempts, createdAt }, new Date(now), random);
          if (wait === undefined) break;
          expect(wait).toBeGreaterThan(0);
          expect(wait).toBeLessThanOrEqual(5400);
          now += wait * 1000;
          attempts += 1;
        }
        expect(attempts).toBeGreaterThanOrEqual(10);
        expect(now - createdAt.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
      }),
    );
  });
});
