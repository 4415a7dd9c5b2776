import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeviceView } from '@hamon/contracts';
import { PresenceStore } from '../../src/telemetry/presence.store.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

describe('devices that vanished unnoticed', () => {
  let plane: TestControlPlane;
  let [stays, vanished] = [] as unknown as [FakeDevice, FakeDevice];
  beforeAll(async () => {
    plane = await startTestControlPlane();
    stays = await FakeDevice.enrol(plane, 'stays');
    vanished = await FakeDevice.enrol(plane, 'vanished');
    await stays.connect();
  });
  afterAll(async () => {
    await stays.stop();
    await vanished.stop();
    await plane.discard();
  });

  const online = async ({ id }: FakeDevice): Promise<boolean> =>
    (await plane.call<DeviceView>('GET', `/v1/devices/${id}`)).body.online;

  it('are offline once nothing came of them for long enough, and online again when they come back', async () => {
    await eventually('the connected one is online', () => online(stays));
    // As the database has it of a device whose broker, and with it the device's last will, was killed.
    await plane.database.query(
      `UPDATE devices SET online = true, online_since = now(), last_seen_at = now() - interval '10 minutes'
       WHERE id = 'vanished'`,
    );
    const store = new PresenceStore(plane.database);
    expect(await store.forgetUnseen(660)).toEqual([]);
    expect(await store.forgetUnseen(540)).toEqual(['vanished']);
    expect([await online(stays), await online(vanished)]).toEqual([true, false]);
    expect(await store.forgetUnseen(540)).toEqual([]);
    await vanished.connect();
    await eventually('it is online again', () => online(vanished));
  });
});
