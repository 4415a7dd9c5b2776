import { describe, expect, it } from 'vitest';
import { parseWebhookSecret, signWebhook } from '../src/webhook-signing.js';

describe('the signature of a webhook', () => {
  it('is the one of the Standard Webhooks specification', () => {
    const key = Buffer.from('plJ3nmyCDGBKInavdOK15jsl', 'base64');
    const body = '{"event_type":"ping","data":{"success":true}}';
    expect(signWebhook(key, 'msg_loFOjxBNrRLzqYUf', new Date(1_731_705_121_500), body)).toEqual({
      'webhook-id': 'msg_loFOjxBNrRLzqYUf',
      'webhook-timestamp': '1731705121',
      'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
    });
    const bytes = Buffer.from(body);
    const at = new Date(1_731_705_121_500);
    expect(signWebhook(key, 'msg', at, bytes)).toEqual(signWebhook(key, 'msg', at, body));
  });
});

describe('the secret of a webhook', () => {
  it.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    'plJ3nmyCDGBKInavdOK15jslplJ3nmyCDGBKInavdOK15jsl',
    'whsec_!plJ3nmyCDGBKInavdOK15jsl',
  ])('is not "%s"', (secret) => {
    expect(() => parseWebhookSecret(secret)).toThrow('must be whsec_ and base64 of 24 to 64 bytes');
  });

  it('is base64 behind whsec_', () => {
    const key = Buffer.alloc(32, 7);
    expect(Buffer.from(parseWebhookSecret(`whsec_${key.toString('base64')}`))).toEqual(key);
  });
});
