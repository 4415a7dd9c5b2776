import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LatecomersView, RolloutView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutOf, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
const devices: FakeDevice[] = [];

beforeAll(async () => {
  plane = await startTestControlPlane();
  await pushReleased(plane);
});
afterAll(async () => {
  for (const device of devices) await device.stop();
  await plane.discard();
});

const start = async (where: string): Promise<string> => {
  const { status, body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
    ...{ model: 'tiny', version: '1.0.0', where, stages: '100%', watchSeconds: 0 },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
};
const agent = async (id: string, labels: Record<string, string>): Promise<void> => {
  devices.push(await connectAgent(plane, id, { labels }));
};
const latecomers = async (id: string): Promise<LatecomersView> =>
  (await plane.call<LatecomersView>('GET', `/v1/rollouts/${id}/latecomers`)).body;

describe('devices that come too late for a rollout', () => {
  it('are listed with a selector that brings in these and no others', async () => {
    await agent('cam-1', { line: 'a' });
    const id = await start('line=a');
    await rolloutReaches(plane, id, 'succeeded');
    expect(await latecomers(id)).toMatchObject({ count: 0, devices: [] });

    await agent('cam-2', { line: 'a' });
    await FakeDevice.enrol(plane, 'cam-3', { line: 'b' });
    await FakeDevice.enrol(plane, 'cam-4', { line: 'a' });
    await plane.call('POST', '/v1/devices/cam-4/retire', { why: 'stolen' });
    const late = await latecomers(id);
    expect(late).toMatchObject({ count: 1, devices: ['cam-2'], where: 'id in (cam-2)' });

    const second = await start(late.where);
    expect((await latecomers(id)).count).toBe(0);
    expect(await rolloutReaches(plane, second, 'succeeded')).toMatchObject({ devices: 1 });
    expect((await latecomers(second)).count).toBe(0);
  });

  it('include devices that were labelled so afterwards', async () => {
    await agent('cam-5', { line: 'c' });
    const id = await start('line=c');
    await rolloutReaches(plane, id, 'succeeded');
    await plane.call('PATCH', '/v1/devices/cam-3', { labels: { line: 'c' } });
    expect(await latecomers(id)).toMatchObject({ count: 1, devices: ['cam-3'] });
  });

  it('of a rollout that does not exist are a 404', async () => {
    const { status, body } = await plane.call(
      'GET',
      '/v1/rollouts/7f5b3d0e-1111-4222-8333-444455556666/latecomers',
    );
    expect([status, body]).toEqual([404, expect.objectContaining({ code: 'rollout-not-found' })]);
  });
});

describe('devices of a rollout that are offline', () => {
  it('are named while it goes on without them', async () => {
    const away = await FakeDevice.enrol(plane, 'cam-6', { line: 'd' });
    devices.push(away);
    const id = await start('line=d');
    const seen = await eventually('the reach', async () => {
      const view = await rolloutOf(plane, id);
      return view.devicesTouched === 1 && view;
    });
    expect(seen.offline).toEqual({ count: 1, devices: ['cam-6'] });
    await away.connect();
    await eventually('its return', async () => (await rolloutOf(plane, id)).offline.count === 0);
  });
});
