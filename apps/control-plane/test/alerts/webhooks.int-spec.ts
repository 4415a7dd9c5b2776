import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutView } from '@hamon/contracts';
import { sendWebhook } from '../../src/alerts/send-webhook.js';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from '../support/test-control-plane.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const key = randomBytes(32);
let place: TestPlace;
let plane: TestControlPlane;
let receiver: WebhookReceiver;
let device: FakeDevice;

const start = async (): Promise<TestControlPlane> =>
  startTestControlPlane(
    {
      HAMON_WEBHOOK_URL: receiver.url,
      HAMON_WEBHOOK_SECRET: `whsec_${key.toString('base64')}`,
      HAMON_PUBLIC_URL: 'https://factory.example/hamon/',
    },
    place,
  );
const rollout = async (): Promise<string> => {
  const wanted = { model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 3600 };
  return (await plane.call<RolloutView>('POST', '/v1/rollouts', wanted)).body.id;
};
/** Tests do not wait for the next attempt. */
const hurry = (): Promise<unknown> =>
  plane.database.query(`UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending'`);
const attempts = (n: number): Promise<unknown> =>
  eventually(`attempt ${n}`, () => receiver.received.length === n);
const settled = async (): Promise<boolean> => {
  const [row] = await plane.database.query<{ waits: boolean }[]>(
    `SELECT bool_or(state = 'pending' AND last_failure IS NULL) AS waits FROM webhook_deliveries`,
  );
  return row?.waits === false;
};

describe('a webhook when a rollout stops', () => {
  beforeAll(async () => {
    receiver = await WebhookReceiver.start(key);
    place = await makeTestPlace();
    plane = await start();
    await pushReleased(plane, { version: '1.0.0' });
    device = await connectAgent(plane, 'cam-1');
  });
  afterAll(async () => {
    await device.stop();
    await plane.stop();
    await place.discard();
    await receiver.stop();
  });

  it('is sent until it is taken, unchanged and signed each time, also after a restart', async () => {
    receiver.next(
      (response) => void response.writeHead(500).end('no'),
      (response) => void response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end(),
      () => undefined,
    );
    const id = await rollout();
    await plane.call('POST', `/v1/rollouts/${id}/pause`, {});
    await attempts(1);
    await eventually('the failure', settled);
    await hurry();
    await attempts(2);
    await eventually('the redirect', async () => {
      const rows = await plane.database.query<{ last_failure: string }[]>(
        `SELECT last_failure FROM webhook_deliveries`,
      );
      return rows[0]?.last_failure.includes('redirect, which is not followed') === true;
    });
    await hurry();
    await attempts(3);
    // The receiver hangs, and the control plane ends.
    await device.stop();
    await plane.stop();
    plane = await start();
    await attempts(4);
    await eventually('it to be delivered', async () => {
      const rows = await plane.database.query<{ state: string; attempts: number }[]>(
        `SELECT state, attempts FROM webhook_deliveries`,
      );
      return rows.length === 1 && rows[0]?.state === 'delivered' && rows[0].attempts === 4;
    });
    const { received } = receiver;
    expect(received.map(({ isSigned }) => isSigned)).toEqual([true, true, true, true]);
    expect(new Set(received.map(({ id: one }) => one)).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(received.map(({ path }) => path)).toEqual(['/hooks', '/hooks', '/hooks', '/hooks']);
    expect(received[0]?.webhook).toMatchObject({
      type: 'rollout.paused',
      data: {
        fleet: 'default',
        rollout: { id, model: 'tiny', version: '1.0.0', stage: 1, stages: 1 },
        link: `https://factory.example/hamon/v1/rollouts/${id}`,
        command: `hamon rollout show ${id}`,
      },
    });
    const metrics = await (await fetch(`${plane.url}/metrics`)).text();
    expect(metrics).toContain('hamon_webhooks{state="delivered"} 1');
    await plane.call('POST', `/v1/rollouts/${id}/abort`, {});
    await attempts(5);
    expect(received[4]?.webhook).toMatchObject({ type: 'rollout.aborted' });
    expect(received[4]?.id).not.toBe(received[0]?.id);
  });

  it('is given up, with the reason, where the receiver wants no more', async () => {
    receiver.next((response) => void response.writeHead(410).end());
    const id = await rollout();
    const before = receiver.received.length;
    await plane.call('POST', `/v1/rollouts/${id}/abort`, {});
    await attempts(before + 1);
    await eventually('the end', async () => {
      const [row] = await plane.database.query<{ last_failure: string }[]>(
        `SELECT last_failure FROM webhook_deliveries WHERE state = 'given-up'`,
      );
      return row?.last_failure === 'the receiver answered 410';
    });
  });

  it('does not wait for a receiver that is silent or never ends its answer', async () => {
    const target = { url: receiver.url, key };
    const send = (): ReturnType<typeof sendWebhook> =>
      sendWebhook(target, { id: 'one', body: receiver.received[0]!.body }, new AbortController().signal, 300);
    receiver.next(() => undefined);
    expect(await send()).toEqual({ kind: 'failed', why: 'no answer within 0.3 s' });
    receiver.next((response) => {
      response.writeHead(200);
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536), more));
      more();
    });
    expect(await send()).toEqual({ kind: 'taken' });
  });

  it('is taken once the status says so, however the answer ends', async () => {
    const target = { url: receiver.url, key };
    receiver.next((response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => void response.destroy());
    });
    const { body } = receiver.received[0]!;
    expect(await sendWebhook(target, { id: 'one', body }, new AbortController().signal)).toEqual({
      kind: 'taken',
    });
  });

  it('is forgotten after a month, also where no receiver is configured', async () => {
    await plane.database.query(
      `INSERT INTO webhook_deliveries (id, fleet, kind, subject, body, state, created_at, ended_at)
       SELECT gen_random_uuid(), 'default', 'rollout.paused', 'old', '{}', state, at, CASE WHEN state <> 'pending' THEN at END
       FROM unnest(ARRAY['pending', 'delivered', 'given-up']) AS state,
            (VALUES (now() - interval '31 days'), (now() - interval '29 days')) AS ages (at)`,
    );
    await device.stop();
    await plane.stop();
    plane = await startTestControlPlane({}, place);
    const old = async (): Promise<unknown[]> =>
      plane.database.query(
        `SELECT state FROM webhook_deliveries WHERE subject = 'old' AND created_at < now() - interval '30 days'`,
      );
    await eventually('the sweep', async () => (await old()).length === 0);
    const rest = await plane.database.query<unknown[]>(
      `SELECT state FROM webhook_deliveries WHERE subject = 'old'`,
    );
    expect(rest).toHaveLength(3);
  });
});
