import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceView, Page } from '@hamon/contracts';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;

const version = { model: 'tiny', version: '1.0.0', variant: 'fp32', bundle: 'a'.repeat(64), sequence: 1 };

const shown = async (): Promise<DeviceView['health']> =>
  (await plane.call<DeviceView>('GET', `/v1/devices/${device.id}`)).body.health;
const becomes = (code: string): Promise<DeviceView['health']> =>
  eventually(code, async () => {
    const health = await shown();
    return health.code === code && health;
  });

describe('the health of a device in the API', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    device = await FakeDevice.enrol(plane, 'cam-1');
  });
  afterAll(async () => {
    await device.stop();
    await plane.discard();
  });

  it('follows what the device reports, with its reason, in the list too', async () => {
    expect(await shown()).toMatchObject({ word: 'offline', reason: 'never connected' });
    await device.connect();
    device.slots = { current: version, previous: null, candidate: null };
    await device.report();
    await becomes('ok');
    const since = '2026-03-01T12:00:00.000Z';
    const detail = 'source: /images cannot be listed: ENOENT';
    device.conditions = [{ code: 'source-unreadable', since, detail }];
    await device.report();
    expect(await becomes('source-unreadable')).toEqual({
      ...{ word: 'failing', code: 'source-unreadable', reason: detail, since },
    });
    const { body } = await plane.call<Page<DeviceView>>('GET', '/v1/devices');
    expect(body.items[0]?.health.word).toBe('failing');
  });

  it('stands beside what the device says of the pictures that it keeps', async () => {
    const kept = async (): Promise<DeviceView['samples']> =>
      (await plane.call<DeviceView>('GET', `/v1/devices/${device.id}`)).body.samples;
    expect(await kept()).toBeNull();
    device.samples = { kept: 412, bytes: 38_123_456, unsent: 17 };
    await device.report();
    expect(await eventually('its pictures', async () => (await kept()) ?? undefined)).toEqual(device.samples);
  });

  it('finds devices that are not well in a list, by the word and by its cause', async () => {
    const other = await FakeDevice.enrol(plane, 'cam-2');
    const found = async (where: string): Promise<string[]> => {
      const path = `/v1/devices?where=${encodeURIComponent(where)}`;
      return (await plane.call<Page<DeviceView>>('GET', path)).body.items.map(({ id }) => id);
    };
    const health = async (id: string): Promise<DeviceView['health']> =>
      (await plane.call<DeviceView>('GET', `/v1/devices/${id}`)).body.health;
    expect(await found('health=failing')).toEqual([device.id]);
    expect(await found('trouble=source-unreadable')).toEqual([device.id]);
    expect(await found('trouble')).toEqual([device.id]);
    expect(await found('health!=failing')).toEqual([other.id]);
    expect(await found('health=offline')).toEqual([other.id]);

    await other.connect();
    await eventually('the second one idle', async () => (await found('health=idle'))[0] === other.id);
    // As it is shown where the control plane signs with another key than the device pinned.
    await plane.database.query(
      `UPDATE devices SET reported = jsonb_set(reported, '{keyId}', to_jsonb($2::text)) WHERE id = $1`,
      [other.id, 'x'.repeat(43)],
    );
    expect(await health(other.id)).toMatchObject({ word: 'degraded', code: 'other-manifest-key' });
    expect(await found('health=degraded')).toEqual([other.id]);
    expect(await found('trouble=other-manifest-key')).toEqual([other.id]);
    expect(await found('health in (degraded,failing)')).toEqual([device.id, other.id]);
    await other.stop();

    const path = `/v1/devices?where=${encodeURIComponent('health in (failing,okay)')}`;
    const unknown = await plane.call<{ detail: string }>('GET', path);
    expect([unknown.status, unknown.body.detail]).toEqual([
      400,
      'where: "okay" is no health; it can be ok, idle, degraded, failing, offline',
    ]);

    const wanted = { uses: 1, ttlSeconds: 60, labels: { health: 'good' } };
    const refused = await plane.call<{ detail: string }>('POST', '/v1/enrolment-tokens', wanted);
    expect(refused.body.detail).toContain('"health" is a fact of the device and cannot be a label');
  });

  it('says since when, where only the reports show it', async () => {
    device.conditions = [];
    device.rejection = { code: 'manifest-expired', detail: 'of last year' };
    await device.report();
    const { since } = await becomes('manifest-expired');
    expect(since).not.toBeNull();
    device.rejection = { code: 'manifest-expired', detail: 'of last year, still' };
    await device.report();
    await eventually('the newer reason', async () => (await shown()).reason.includes('still'));
    expect((await shown()).since).toBe(since);
  });

  it('is offline once the device is gone, and says how it was', async () => {
    device.vanish();
    expect((await becomes('offline')).reason).toMatch(/it was degraded: manifest rejected/);
  });
});
