import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  MANIFEST_ORDERS,
  type DeviceView,
  type Manifest,
  type Page,
  type RolloutMemberView,
  type RolloutView,
} from '@hamon/contracts';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice, runningVersion } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { renew } from '../support/renew.js';
import { rolloutEnds, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let devices: FakeDevice[];
let round = 0;

/** Devices that begin with a version and stop in `state`, without frames; they understand a hold or not. */
async function enrol(count: number, orders = [...MANIFEST_ORDERS]): Promise<FakeDevice[]> {
  const made: FakeDevice[] = [];
  for (let i = 0; i < count; i++) {
    const device = await FakeDevice.enrol(plane, `cam-${round}-${i}`, { round: String(round) });
    device.orders = orders;
    behaveLikeAnAgent(device);
    await device.connect();
    made.push(device);
  }
  devices.push(...made);
  return made;
}

const stopsIn = (device: FakeDevice, state: 'downloading' | 'shadowing'): void => {
  device.behave = (manifest) => device.progress(runningVersion(manifest), state);
};
const post = (path: string, body: unknown = {}) => plane.call<RolloutView>('POST', path, body);
const start = async (version: string, wanted: Record<string, unknown> = {}): Promise<RolloutView> => {
  const request = { model: 'tiny', version, stages: '100%', watchSeconds: 0, where: `round=${round}` };
  const answer = await post('/v1/rollouts', { ...request, ...wanted });
  expect(answer.status).toBe(201);
  return answer.body;
};
const newest = (device: FakeDevice): Manifest | undefined => device.manifests.at(-1);
const members = async (id: string): Promise<readonly RolloutMemberView[]> =>
  (await plane.call<Page<RolloutMemberView>>('GET', `/v1/rollouts/${id}/members`)).body.items;
const isIn = (id: string, state: string) =>
  eventually(`all are ${state}`, async () => (await members(id)).every((member) => member.state === state));

describe('a rollout that an operator stops', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
    await pushReleased(plane, { version: '2.0.0' });
  });
  afterAll(() => plane.discard());
  beforeEach(() => {
    devices = [];
    round += 1;
  });
  afterEach(async () => {
    for (const device of devices) await device.stop();
  });

  it('by a pause holds devices before they switch, in the same deployment, through a renewal, until the resume', async () => {
    const [device] = (await enrol(1)) as [FakeDevice];
    await rolloutEnds(plane, (await start('1.0.0')).id);
    stopsIn(device, 'shadowing');
    const { id } = await start('2.0.0');
    await isIn(id, 'shadowing');
    const paused = await post(`/v1/rollouts/${id}/pause`);
    expect(paused.body).toMatchObject({ state: 'paused', memberStatuses: { held: 1 } });
    await eventually('it is held', () => newest(device)?.order === 'hold');
    expect(newest(device)).toMatchObject({ version: '2.0.0' });
    expect(await members(id)).toMatchObject([
      {
        state: 'shadowing',
        status: 'held',
        waitsFor: { kind: 'resume', detail: 'is held until the rollout is resumed' },
      },
    ]);

    const held = newest(device)?.sequence ?? 0;
    await renew(plane);
    await eventually('it is renewed', () => (newest(device)?.sequence ?? 0) > held);
    expect(newest(device)?.order).toBe('hold');

    behaveLikeAnAgent(device);
    await post(`/v1/rollouts/${id}/resume`);
    await rolloutReaches(plane, id, 'succeeded');
    expect(newest(device)).not.toHaveProperty('order');
    expect(device.slots.current?.version).toBe('2.0.0');
    expect(await members(id)).toMatchObject([{ state: 'committed', status: 'running' }]);
  });

  it('by a pause names devices that it cannot hold, and sends an earlier agent nothing that it would refuse', async () => {
    const [device] = (await enrol(1, [])) as [FakeDevice];
    stopsIn(device, 'downloading');
    const { id } = await start('1.0.0');
    await isIn(id, 'downloading');
    const paused = await post(`/v1/rollouts/${id}/pause`);
    expect(paused.body.memberStatuses).toEqual({ 'cannot-hold': 1 });
    const told = await post(`/v1/rollouts/${id}/resume`);
    expect(told.body.memberStatuses).toEqual({ updating: 1 });
    expect(device.manifests).toHaveLength(1);
    await post(`/v1/rollouts/${id}/abort`);
    await rolloutReaches(plane, id, 'aborted');
  });

  it('by an abort sends devices back that have not switched, an offline one by the message that it finds', async () => {
    const [near, far] = (await enrol(2)) as [FakeDevice, FakeDevice];
    await rolloutEnds(plane, (await start('1.0.0')).id);
    const away = far.highest?.sequence ?? 0;
    await far.stop();
    stopsIn(near, 'downloading');
    const { id } = await start('2.0.0');
    await eventually('one downloads', async () =>
      (await members(id)).some(({ state }) => state === 'downloading'),
    );
    const aborted = await post(`/v1/rollouts/${id}/abort`);
    expect(aborted.body).toMatchObject({
      state: 'aborting',
      memberStatuses: { returning: 1, 'will-return': 1 },
    });
    behaveLikeAnAgent(near);
    const end = await rolloutReaches(plane, id, 'aborted');
    expect(end).toMatchObject({
      reason: 'aborted by bootstrap',
      memberStatuses: { returned: 1, 'will-return': 1 },
    });

    behaveLikeAnAgent(far);
    const before = far.manifests.length;
    await far.connect();
    await eventually('it has heard', () => (far.highest?.sequence ?? 0) > away);
    expect(far.manifests.slice(before).map(({ version }) => version)).toEqual(['1.0.0']);
    await eventually('it is reported as back', async () =>
      (await members(id)).every(({ status }) => status === 'returned'),
    );
  });

  it('by an abort withdraws a first version by a signed order that is renewed', async () => {
    const [near, far] = (await enrol(2)) as [FakeDevice, FakeDevice];
    await far.stop();
    stopsIn(near, 'downloading');
    const { id } = await start('1.0.0');
    await eventually('one downloads', async () =>
      (await members(id)).some(({ state }) => state === 'downloading'),
    );
    near.behave = (manifest) => near.progress(runningVersion(manifest), 'superseded');
    await post(`/v1/rollouts/${id}/abort`);
    await rolloutReaches(plane, id, 'aborted');
    expect(newest(near)).toMatchObject({ version: '1.0.0', order: 'withdraw' });
    const shown = await plane.call<DeviceView>('GET', `/v1/devices/${near.id}`);
    expect(shown.body.desired).toBeNull();

    far.behave = () => Promise.resolve();
    await far.connect();
    await eventually('it finds the order', () => newest(far) !== undefined);
    expect(far.manifests.map(({ order }) => order)).toEqual(['withdraw']);
    await renew(plane);
    await eventually('it is renewed', () => far.manifests.length === 2);
    expect(newest(far)).toMatchObject({ version: '1.0.0', order: 'withdraw' });
    // It does not hinder what comes next.
    for (const device of [near, far]) behaveLikeAnAgent(device);
    expect((await rolloutEnds(plane, (await start('2.0.0')).id)).state).toBe('succeeded');
  });

  it('by an abort leaves devices alone that have switched, and the next rollout may start with all at once', async () => {
    const [first, second] = (await enrol(2)) as [FakeDevice, FakeDevice];
    await rolloutEnds(plane, (await start('1.0.0')).id);
    stopsIn(second, 'shadowing');
    const { id } = await start('2.0.0');
    await eventually('one has switched', async () =>
      (await members(id)).some(({ state }) => state === 'committed'),
    );
    behaveLikeAnAgent(second);
    await post(`/v1/rollouts/${id}/abort`);
    const end = await rolloutReaches(plane, id, 'aborted');
    expect(end.memberStatuses).toEqual({ running: 1, returned: 1 });
    expect(first.slots.current?.version).toBe('2.0.0');
    expect(second.slots.current?.version).toBe('1.0.0');
    expect((await rolloutEnds(plane, (await start('2.0.0')).id)).state).toBe('succeeded');
  });
});
