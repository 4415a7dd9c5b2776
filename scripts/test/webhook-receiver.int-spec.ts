import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWebhookSecret, signWebhook } from '@hamon/trust';
import { WebhookReceiver } from '../demo/src/cameras/webhook-receiver.js';

const ID = '7f5b3d0e-1111-4222-8333-444455556666';
const defect = JSON.stringify({
  ...{ schema: 'hamon.record/2', at: '2026-03-01T12:00:00.000Z', stream: 'belt', verdict: 'defect' },
  error: { code: 'no-frame', detail: 'none has come' },
});

describe("the demo's webhook receiver", () => {
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterAll(() => receiver.stop());

  const post = async (body: string, headers: object): Promise<number> =>
    (await fetch(receiver.url, { method: 'POST', body, headers: { ...headers } })).status;
  const signed = (body: string, at = new Date()): object =>
    signWebhook(parseWebhookSecret(receiver.secret), ID, at, body);

  it('takes what is signed, and counts a repeated delivery once', async () => {
    expect(await post(defect, signed(defect))).toBe(204);
    expect(await post(defect, signed(defect))).toBe(204);
    expect(receiver.received).toBe(1);
    expect(receiver.refused).toEqual([]);
  });

  it('refuses what is not signed by this key, now, and of this body', async () => {
    const other = signWebhook(new Uint8Array(32), ID, new Date(), defect);
    expect(await post(defect, other)).toBe(400);
    expect(await post(`${defect} `, signed(defect))).toBe(400);
    expect(await post(defect, signed(defect, new Date(Date.now() - 3_600_000)))).toBe(400);
    expect(await post(defect, {})).toBe(400);
    expect(receiver.refused).toEqual([
      'its signature is wrong',
      'its signature is wrong',
      'its time is far from ours',
      'it has no webhook-id',
    ]);
    expect(receiver.received).toBe(1);
  });
});
