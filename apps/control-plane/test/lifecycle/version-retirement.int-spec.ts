import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessTokenView, AuditEntryView, DeviceView, RolloutView, VersionView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import { enrol } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice | undefined;

beforeAll(async () => {
  plane = await startTestControlPlane();
  await pushReleased(plane);
});
afterAll(async () => {
  await device?.stop();
  await plane.discard();
});

const retire = (version: string): Promise<{ status: number; body: VersionView & { detail: string } }> =>
  plane.call('POST', `/v1/models/tiny/versions/${version}/retire`, { why: 'misses blowholes' });
const start = (changes: object = {}): Promise<{ status: number; body: RolloutView & { detail: string } }> =>
  plane.call('POST', '/v1/rollouts', {
    ...{ model: 'tiny', version: '1.0.0', where: 'id=cam-1', stages: '100%', watchSeconds: 0, ...changes },
  });

const shown = async (): Promise<DeviceView> =>
  (await plane.call<DeviceView>('GET', '/v1/devices/cam-1')).body;

describe('a version that is retired', () => {
  it('is refused while a rollout to it is under way or while it answers in the cloud; then nothing new can begin with it', async () => {
    device = await connectAgent(plane, 'cam-1');
    const first = await start();
    expect((await rolloutEnds(plane, first.body.id)).state).toBe('succeeded');
    // No device is there, so that it stays under way.
    await enrol(plane, { name: 'cam-2' });
    const started = await start({ where: 'id=cam-2' });
    expect(await retire('1.0.0')).toMatchObject({
      status: 409,
      body: { code: 'version-state', detail: expect.stringContaining(started.body.id) },
    });
    await plane.call('POST', `/v1/rollouts/${started.body.id}/abort`);
    await plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.0.0' });
    expect(await retire('1.0.0')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('answers in the cloud') },
    });
    await pushReleased(plane, { version: '1.1.0' });
    await plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.1.0' });

    expect(await retire('1.0.0')).toMatchObject({
      status: 200,
      body: { state: 'retired', retired: { why: 'misses blowholes' } },
    });
    expect(await retire('1.0.0')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('misses blowholes') },
    });
    expect(await start()).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('1.0.0 is retired') },
    });
    expect(await plane.call('POST', '/v1/models/tiny/versions/1.0.0/release')).toMatchObject({ status: 409 });
    // The device that runs it keeps it, and its target.
    const body = await shown();
    expect([body.current?.version, body.desired?.version]).toEqual(['1.0.0', '1.0.0']);
  });

  it('does not become the cloud model by a request while it is being retired', async () => {
    await pushReleased(plane, { version: '1.2.0' });
    const runner = plane.database.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query(`UPDATE versions SET state = 'retired', retired_at = now() WHERE version = '1.2.0'`);
      const asked = plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.2.0' });
      await eventually('the question to wait for the answer', async () => {
        const [{ waiting }] = await plane.database.query<[{ waiting: string }]>(
          `SELECT count(*) AS waiting FROM pg_locks l JOIN pg_stat_activity a USING (pid)
           WHERE NOT l.granted AND a.datname = current_database()`,
        );
        return waiting !== '0';
      });
      await runner.commitTransaction();
      expect(await asked).toMatchObject({ status: 409, body: { code: 'version-state' } });
    } finally {
      await runner.release();
    }
  });

  it('stays what a failing rollout goes back to', async () => {
    await pushReleased(plane, { version: '2.0.0' });
    const { body } = await start({ version: '2.0.0', approve: 'manual', watchSeconds: 3600 });
    await eventually(
      'the device to run the next one',
      async () => (await shown()).current?.version === '2.0.0',
    );
    await plane.call('POST', `/v1/rollouts/${body.id}/abort`, { rollback: true });
    expect((await rolloutEnds(plane, body.id)).state).toBe('aborted');
    expect(await shown()).toMatchObject({ current: { version: '1.0.0' }, desired: { version: '1.0.0' } });
  });
});

describe('the audit ledger', () => {
  it('lists entries by subject, action and actor', async () => {
    const list = async (query: string): Promise<AuditEntryView[]> =>
      (await plane.call<{ items: AuditEntryView[] }>('GET', `/v1/audit?${query}`)).body.items;
    expect(await list('subject=tiny@1.0.0&action=version.retire')).toMatchObject([
      { actor: 'admin:bootstrap', detail: { why: 'misses blowholes' } },
    ]);
    expect((await list('actor=rollout')).every(({ actor }) => actor === 'rollout')).toBe(true);
    expect(await list('action=nothing')).toEqual([]);
  });

  it('tells which tokens open the API, and never the tokens', async () => {
    const { body } = await plane.call<{ items: AccessTokenView[] }>('GET', '/v1/tokens');
    expect(body.items).toMatchObject([{ name: 'bootstrap', revokedAt: null }]);
    expect(JSON.stringify(body)).not.toContain(plane.token);
    expect(Object.keys(body.items[0] ?? {}).sort()).toEqual(['createdAt', 'id', 'name', 'revokedAt']);
  });
});
