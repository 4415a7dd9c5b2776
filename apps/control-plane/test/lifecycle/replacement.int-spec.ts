import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiAudience, type DeviceView, type EnrolmentTokenView, type RolloutView } from '@hamon/contracts';
import { generateSigningKey, signDeviceToken } from '@hamon/trust';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { connectAgent } from '../support/connect-agent.js';
import { tryEnrol } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice, runningVersion } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
const devices: FakeDevice[] = [];

beforeAll(async () => {
  plane = await startTestControlPlane();
  await pushReleased(plane);
  await pushReleased(plane, { version: '2.0.0' });
});
afterAll(async () => {
  for (const device of devices) await device.stop();
  await plane.discard();
});

const connected = async (id: string, of: { former?: true } = {}): Promise<FakeDevice> => {
  const device = await connectAgent(plane, id, { labels: { site: 'osaka' }, ...of });
  devices.push(device);
  return device;
};
const shown = async (id: string): Promise<DeviceView> =>
  (await plane.call<DeviceView>('GET', `/v1/devices/${id}`)).body;
const start = async (id: string, version: string): Promise<string> => {
  const wanted = { model: 'tiny', version, where: `id=${id}`, stages: '100%', watchSeconds: 0 };
  return (await plane.call<RolloutView>('POST', '/v1/rollouts', wanted)).body.id;
};
const bring = async (id: string): Promise<void> => {
  expect((await rolloutEnds(plane, await start(id, '1.0.0'))).state).toBe('succeeded');
};
/** It is told to run 2.0.0, and gets as far as downloading it; answers the rollout. */
const stopAtDownload = async (device: FakeDevice): Promise<string> => {
  device.behave = (manifest) => device.progress(runningVersion(manifest), 'downloading');
  const id = await start(device.id, '2.0.0');
  await eventually('2.0.0 on its way', () => device.deployment?.state === 'downloading');
  return id;
};
const retire = (id: string): ReturnType<typeof plane.call> =>
  plane.call('POST', `/v1/devices/${id}/retire`, { why: 'the SD card died' });
/** Other hardware takes the id. */
const replace = async (id: string): Promise<FakeDevice> => {
  const key = await generateSigningKey();
  const enrolled = await tryEnrol(plane, await replacing(id), key);
  expect(enrolled.status).toBe(201);
  const fresh = FakeDevice.as(enrolled.body, key);
  devices.push(fresh);
  behaveLikeAnAgent(fresh);
  return fresh;
};
const replacing = async (id: string): Promise<string> => {
  const wanted = { uses: 1, ttlSeconds: 600, replaces: id };
  const made = await plane.call<EnrolmentTokenView>('POST', '/v1/enrolment-tokens', wanted);
  expect(made).toMatchObject({ status: 201, body: { replaces: id } });
  return made.body.token ?? '';
};

describe('new hardware under the id of a dead device', () => {
  it('keeps id, labels and history, gets the model, and the former key is refused for good', async () => {
    const former = await connected('cam-a');
    await bring('cam-a');
    const before = former.highest?.sequence ?? 0;

    const key = await generateSigningKey();
    const token = await replacing('cam-a');
    expect(await tryEnrol(plane, token, key, { device: 'cam-z' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'device' }] },
    });
    const enrolled = await tryEnrol(plane, token, key);
    expect(enrolled).toMatchObject({ status: 201, body: { device: 'cam-a' } });
    await eventually('the former connection to end', () => !former.client.connected);
    await expect(former.connect()).rejects.toThrow('Not authorized');
    expect(await shown('cam-a')).toMatchObject({
      labels: { site: 'osaka' },
      online: false,
      current: null,
      replacedAt: expect.any(String),
      desired: { version: '1.0.0' },
    });
    // A lost answer is asked for again; no other device gets in with the token.
    expect((await tryEnrol(plane, token, key)).status).toBe(201);
    expect((await tryEnrol(plane, token, await generateSigningKey())).status).toBe(403);

    const fresh = FakeDevice.as(enrolled.body, key);
    devices.push(fresh);
    behaveLikeAnAgent(fresh);
    await fresh.connect();
    await eventually(
      'the new hardware to run it',
      async () => (await shown('cam-a')).current?.version === '1.0.0',
    );
    expect(fresh.manifests[0]?.sequence).toBeGreaterThan(before);

    expect(await tryEnrol(plane, await replacing('cam-a'), former.key)).toMatchObject({
      status: 409,
      body: { code: 'device-exists', detail: expect.stringContaining('until other hardware took its place') },
    });
    const old = await signDeviceToken(
      { device: 'cam-a', audience: apiAudience('default'), lifetimeSeconds: 600, now: new Date() },
      former.key,
    );
    const own = await plane.call('GET', '/v1/enrolments/own', undefined, { authorization: `Bearer ${old}` });
    expect(own).toMatchObject({ status: 403, body: { code: 'device-shut-out' } });
  });

  it('takes over a retired id too, and then belongs to the fleet again', async () => {
    await connected('cam-b');
    await bring('cam-b');
    await retire('cam-b');
    const fresh = await replace('cam-b');
    expect(await shown('cam-b')).toMatchObject({ retired: null, desired: { version: '1.0.0' } });
    await fresh.connect();
    await eventually('it to run the model', async () => (await shown('cam-b')).current?.version === '1.0.0');
  });

  it('keeps the former key out also while it is taking over', async () => {
    const former = await connected('cam-h');
    const anybody = { uses: 1, ttlSeconds: 600 };
    const { body } = await plane.call<EnrolmentTokenView>('POST', '/v1/enrolment-tokens', anybody);
    const held = plane.database.createQueryRunner();
    await held.startTransaction();
    // A take-over whose commit comes late.
    await held.query(
      `INSERT INTO former_device_keys (thumbprint, fleet, device, public_key)
       SELECT thumbprint, fleet, id, public_key FROM devices WHERE id = 'cam-h'`,
    );
    await held.query(`UPDATE devices SET thumbprint = 'of other hardware' WHERE id = 'cam-h'`);
    const again = tryEnrol(plane, body.token ?? '', former.key);
    await eventually('it to wait for the take-over', async () => {
      const rows = await plane.database.query<unknown[]>(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    await held.commitTransaction();
    await held.release();
    expect(await again).toMatchObject({ status: 409, body: { code: 'device-exists' } });
  });

  it.each([
    ['what ran before', '1.0.0'],
    ['nothing where nothing ran before', null],
  ])(
    'begins no version whose rollout was aborted while the device was retired, but %s',
    async (_, former) => {
      const id = former === null ? 'cam-f' : 'cam-e';
      const device = await connected(id);
      if (former !== null) await bring(id);
      const rollout = await stopAtDownload(device);
      await retire(id);
      await plane.call('POST', `/v1/rollouts/${rollout}/abort`);
      expect((await rolloutEnds(plane, rollout)).state).toBe('aborted');
      await replace(id);
      expect((await shown(id)).desired?.version ?? null).toBe(former);
    },
  );

  it('is not held by a rollout that has ended', async () => {
    const device = await connected('cam-g');
    device.orders = ['hold', 'withdraw'];
    await device.report();
    const rollout = await stopAtDownload(device);
    await plane.call('POST', `/v1/rollouts/${rollout}/pause`);
    await eventually('it to be held', () => device.manifests.at(-1)?.order === 'hold');
    await retire('cam-g');
    await plane.call('POST', `/v1/rollouts/${rollout}/resume`);
    await rolloutReaches(plane, rollout, 'paused');
    await plane.call('POST', `/v1/rollouts/${rollout}/approve`);
    expect((await rolloutEnds(plane, rollout)).state).toBe('succeeded');
    const fresh = await replace('cam-g');
    await fresh.connect();
    await eventually('it to run the model', () => fresh.slots.current?.version === '2.0.0');
    expect(fresh.manifests.at(-1)?.order).toBeUndefined();
  });

  it('is for one device, which keeps its own labels', async () => {
    await connected('cam-c');
    const make = (changes: object): ReturnType<typeof plane.call> =>
      plane.call('POST', '/v1/enrolment-tokens', { uses: 1, ttlSeconds: 60, replaces: 'cam-c', ...changes });
    expect(await make({ uses: 2 })).toMatchObject({ status: 400, body: { errors: [{ field: 'uses' }] } });
    expect(await make({ labels: { a: 'b' } })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'labels' }] },
    });
    expect(await make({ replaces: 'nobody' })).toMatchObject({ status: 404 });
  });
});

describe('a gateway whose agent runs one model only, and that is to get another', () => {
  it('gets it once the former model was taken from it', async () => {
    await connected('cam-d', { former: true });
    await bring('cam-d');
    await pushReleased(plane, { model: 'other' });
    const start = (): Promise<{ status: number; body: RolloutView & { code: string } }> =>
      plane.call('POST', '/v1/rollouts', {
        ...{ model: 'other', version: '1.0.0', where: 'id=cam-d', stages: '100%', watchSeconds: 0 },
      });
    expect(await start()).toMatchObject({ status: 409, body: { code: 'device-runs-other-model' } });
    const unassign = (model: string): ReturnType<typeof plane.call> =>
      plane.call('POST', '/v1/devices/cam-d/unassign', { model, why: 'moved' });
    expect(await unassign('other')).toMatchObject({ status: 409, body: { code: 'model-not-assigned' } });
    expect(await unassign('tiny')).toMatchObject({
      status: 200,
      body: { desired: null, current: { model: 'tiny' } },
    });
    const started = await start();
    expect(started.status).toBe(201);
    expect(await unassign('other')).toMatchObject({ status: 409, body: { code: 'device-busy' } });
    expect((await rolloutEnds(plane, started.body.id)).state).toBe('succeeded');
    expect((await shown('cam-d')).current?.model).toBe('other');
  });
});
