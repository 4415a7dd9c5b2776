import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiAudience, type DeviceView, type EnrolmentTokenView, type RolloutView } from '@hamon/contracts';
import { generateSigningKey, signDeviceToken } from '@hamon/trust';
import { connectAgent } from '../support/connect-agent.js';
import { enrol, enrolmentToken, tryEnrol } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds, rolloutOf, rolloutReaches } from '../support/rollouts.js';
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

const connected = async (id: string, labels: Record<string, string> = {}): Promise<FakeDevice> => {
  const device = await connectAgent(plane, id, { labels });
  devices.push(device);
  return device;
};
const retire = (id: string, why = 'stolen'): ReturnType<typeof plane.call> =>
  plane.call('POST', `/v1/devices/${id}/retire`, { why });
const shown = async (id: string): Promise<DeviceView> =>
  (await plane.call<DeviceView>('GET', `/v1/devices/${id}`)).body;
const start = async (where: string, changes: object = {}): Promise<string> => {
  const wanted = { model: 'tiny', version: '1.0.0', where, stages: '100%', watchSeconds: 0, ...changes };
  const { status, body } = await plane.call<RolloutView>('POST', '/v1/rollouts', wanted);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
};

describe('a device that is retired', () => {
  it('loses its connection at once, and its key no longer opens anything: neither broker, nor HTTP, nor enrolment', async () => {
    const device = await connected('stolen-1');
    const http = await enrol(plane, { name: 'stolen-2' });
    const own = async (): Promise<{ status: number; body: Record<string, unknown> }> =>
      plane.call('GET', '/v1/enrolments/own', undefined, { authorization: `Bearer ${await http.token()}` });
    expect(await own()).toMatchObject({ status: 200, body: { device: 'stolen-2' } });

    expect(await retire('stolen-1', 'stolen from the line')).toMatchObject({
      status: 200,
      body: { online: false, desired: null, retired: { why: 'stolen from the line' } },
    });
    await eventually('the connection to end', () => !device.client.connected);
    await expect(device.connect()).rejects.toThrow('Not authorized');

    expect(await retire('stolen-2')).toMatchObject({ status: 200 });
    expect(await own()).toMatchObject({
      status: 403,
      body: { code: 'device-shut-out', detail: expect.stringContaining('was retired at') },
    });
    const again = await tryEnrol(plane, await enrolmentToken(plane), http.key);
    expect(again).toMatchObject({ status: 409, body: { code: 'device-exists' } });
  });

  it('answers other hardware under its id with what to do', async () => {
    await enrol(plane, { name: 'stolen-4' });
    await retire('stolen-4');
    const token = await enrolmentToken(plane);
    expect(await tryEnrol(plane, token, await generateSigningKey(), { device: 'stolen-4' })).toMatchObject({
      status: 409,
      body: {
        code: 'device-exists',
        detail: expect.stringContaining('hamon enrol-token create --replace stolen-4'),
      },
    });
  });

  it('only tells the holder of its key that it was retired', async () => {
    await enrol(plane, { name: 'stolen-3' });
    await retire('stolen-3');
    const token = await signDeviceToken(
      { device: 'stolen-3', audience: apiAudience('default'), lifetimeSeconds: 600, now: new Date() },
      await generateSigningKey(),
    );
    const answer = await plane.call('GET', '/v1/enrolments/own', undefined, {
      authorization: `Bearer ${token}`,
    });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('disappears from lists unless asked for, is retired once, and says when and why', async () => {
    await enrol(plane, { name: 'gone-1', labels: { site: 'gone' } });
    await enrol(plane, { name: 'gone-2', labels: { site: 'gone' } });
    await retire('gone-1', 'water damage');
    const ids = async (where: string): Promise<string[]> => {
      const path = `/v1/devices?where=${encodeURIComponent(where)}`;
      return (await plane.call<{ items: DeviceView[] }>('GET', path)).body.items.map(({ id }) => id);
    };
    expect(await ids('site=gone')).toEqual(['gone-2']);
    expect(await ids('site=gone,!retired')).toEqual(['gone-2']);
    expect(await ids('site=gone,retired')).toEqual(['gone-1']);
    expect(await retire('gone-1', 'again')).toMatchObject({
      status: 409,
      body: { code: 'device-retired', detail: expect.stringContaining('water damage') },
    });
    expect((await shown('gone-1')).retired?.why).toBe('water damage');
    expect(await retire('nobody')).toMatchObject({ status: 404, body: { code: 'device-not-found' } });
    expect(await retire('gone-2', 'two\nlines')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'why' }] },
    });
    const { body } = await plane.call<{ items: { action: string; detail: object }[] }>(
      'GET',
      '/v1/audit?subject=gone-1&action=device.retire',
    );
    expect(body.items).toMatchObject([{ action: 'device.retire', detail: { why: 'water damage' } }]);
  });

  it('makes the start of a rollout with no other device a refusal that says so', async () => {
    await enrol(plane, { name: 'alone', labels: { site: 'alone' } });
    await retire('alone');
    const wanted = { model: 'tiny', version: '1.0.0', where: 'site=alone', stages: '100%' };
    expect(await plane.call('POST', '/v1/rollouts', wanted)).toMatchObject({
      body: {
        code: 'no-device-selected',
        detail: expect.stringContaining('retired take part in no rollout'),
      },
    });
  });

  it('holds up no rollout: neither waited for, nor counted, nor reached', async () => {
    for (const id of ['line-1', 'line-2']) await connected(id, { line: 'r' });
    await enrol(plane, { name: 'line-3', labels: { line: 'r' } });
    const silent = await FakeDevice.enrol(plane, 'line-4', { line: 'r' });
    devices.push(silent);
    await silent.connect();
    // It accepts and makes no progress: the stage would wait for it.
    silent.behave = () => Promise.resolve();
    const id = await start('line=r');
    await eventually(
      'the others to run it',
      async () => (await rolloutOf(plane, id)).progress['committed'] === 2,
    );
    expect((await rolloutOf(plane, id)).state).toBe('running');
    await retire('line-3');
    await retire('line-4');
    const ended = await rolloutEnds(plane, id);
    expect(ended.state).toBe('succeeded');
    const [open] = await plane.database.query<unknown[]>(
      `SELECT 1 FROM deployments WHERE device IN ('line-3', 'line-4') AND ended_at IS NULL`,
    );
    expect(open).toBeUndefined();
    const members = await plane.call<{ items: { device: string; state: string }[] }>(
      'GET',
      `/v1/rollouts/${id}/members`,
    );
    const states = new Map(members.body.items.map(({ device, state }) => [device, state]));
    expect([states.get('line-3'), states.get('line-4')]).toEqual(['retired', 'retired']);
  });

  it('leaves the decision to a person where a whole stage was retired', async () => {
    for (const id of ['solo-1', 'solo-2']) await enrol(plane, { name: id, labels: { line: 's' } });
    const id = await start('line=s', { stages: '1,100%' });
    const members = await plane.call<{ items: { device: string }[] }>('GET', `/v1/rollouts/${id}/members`);
    await retire(members.body.items[0]?.device ?? '');
    const paused = await rolloutReaches(plane, id, 'paused');
    expect(paused.reason).toContain('every device of this stage was retired');
    await plane.call('POST', `/v1/rollouts/${id}/abort`);
  });

  it('is not waited for by a benchmark', async () => {
    await enrol(plane, { name: 'bench-1' });
    const begun = await plane.call<{ id: string }>('POST', '/v1/devices/bench-1/benchmarks', {
      ...{ model: 'tiny', version: '1.0.0', plan: {} },
    });
    expect(begun.status).toBe(201);
    await retire('bench-1');
    const after = await plane.call('GET', `/v1/benchmarks/${begun.body.id}`);
    expect(after.body).toMatchObject({ state: 'cancelled' });
    const another = await plane.call('POST', '/v1/devices/bench-1/benchmarks', {
      ...{ model: 'tiny', version: '1.0.0', plan: {} },
    });
    expect(another).toMatchObject({ status: 409, body: { code: 'device-retired' } });
  });
});

describe('an enrolment token', () => {
  const list = async (query = ''): Promise<EnrolmentTokenView[]> =>
    (await plane.call<{ items: EnrolmentTokenView[] }>('GET', `/v1/enrolment-tokens${query}`)).body.items;

  it('that was stolen is revoked: it lets no device in, and devices that enrolled with it stay', async () => {
    const token = await enrolmentToken(plane, { uses: 5 });
    const key = await generateSigningKey();
    const inside = await tryEnrol(plane, token, key, { device: 'came-in' });
    expect(inside.status).toBe(201);
    const made = (await list('?limit=500')).at(-1)!;
    const revoke = (): Promise<{ status: number; body: EnrolmentTokenView }> =>
      plane.call('DELETE', `/v1/enrolment-tokens/${made.id}`);
    const first = await revoke();
    expect(first).toMatchObject({ status: 200, body: { revokedAt: expect.any(String) } });
    expect((await revoke()).body.revokedAt).toBe(first.body.revokedAt);
    for (const tried of [key, await generateSigningKey()]) {
      expect(await tryEnrol(plane, token, tried)).toMatchObject({
        status: 403,
        body: { detail: 'The enrolment token was revoked.' },
      });
    }
    expect((await shown('came-in')).retired).toBeNull();
  });

  it('is found by the beginning of its id', async () => {
    await enrolmentToken(plane);
    const { id } = (await list('?limit=500')).at(-1)!;
    expect((await list(`?id=${id.slice(0, 12)}`)).map((one) => one.id)).toEqual([id]);
    expect(await plane.call('GET', '/v1/enrolment-tokens?id=zz')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'id' }] },
    });
    expect(
      await plane.call('DELETE', '/v1/enrolment-tokens/00000000-0000-4000-8000-000000000000'),
    ).toMatchObject({
      status: 404,
      body: { code: 'enrolment-token-not-found' },
    });
  });
});
