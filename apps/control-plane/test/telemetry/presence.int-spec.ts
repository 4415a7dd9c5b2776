import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceView } from '@hamon/contracts';
import type { Received } from '../../src/messaging/received.js';
import { PresenceStore } from '../../src/fleet/presence.store.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

describe('presence that comes in one batch', () => {
  const [older, newer] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await FakeDevice.enrol(plane, 'cam-1');
  });
  afterAll(() => plane.discard());

  const said = (online: boolean, connection: string): Received<'presence'> => ({
    fleet: 'default',
    device: 'cam-1',
    retained: false,
    message: {
      schema: 'hamon.presence/1',
      device: 'cam-1',
      online,
      connection,
      at: new Date().toISOString(),
    },
  });

  it.each([
    [
      'the will of an older connection after that of the newer',
      newer,
      [said(false, newer), said(false, older)],
      false,
    ],
    [
      'the will of an older connection before that of the newer',
      newer,
      [said(false, older), said(false, newer)],
      false,
    ],
    ['a connection that came and went', older, [said(true, newer), said(false, newer)], false],
    [
      'an older will after one that came and went',
      older,
      [said(true, newer), said(false, newer), said(false, older)],
      false,
    ],
    ['an older will alone', newer, [said(false, older)], true],
    ['an older will after a newer connection', older, [said(true, newer), said(false, older)], true],
  ])('counts by its connection: %s', async (_, recorded, batch, online) => {
    await plane.database.query(`UPDATE devices SET online = true, connection = $1`, [recorded]);
    await new PresenceStore(plane.database).store(batch);
    const rows = await plane.database.query<unknown[]>(`SELECT online FROM devices`);
    expect(rows).toEqual([{ online }]);
  });
});

describe('a presence that a broker repeats', () => {
  const [known, fresh] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];
  let plane: TestControlPlane;
  let store: PresenceStore;
  beforeAll(async () => {
    plane = await startTestControlPlane();
    store = new PresenceStore(plane.database);
    await FakeDevice.enrol(plane, 'cam-1');
  });
  afterAll(() => plane.discard());

  const repeat = (connection: string, retained = true): Promise<void> => {
    const at = new Date().toISOString();
    const message = { schema: 'hamon.presence/1', device: 'cam-1', online: true, connection, at } as const;
    return store.store([{ fleet: 'default', device: 'cam-1', retained, message }]);
  };
  const heard = (minutesAgo: number): Promise<unknown> =>
    plane.database.query(
      `UPDATE devices SET online = true, connection = $1, heard_at = now() - make_interval(mins => $2)`,
      [known, minutesAgo],
    );
  const online = async (): Promise<boolean | undefined> =>
    (await plane.database.query<{ online: boolean }[]>(`SELECT online FROM devices`))[0]?.online;

  it('does not keep one online that has been silent for long', async () => {
    await heard(21);
    await repeat(known);
    expect(await store.forgetSilent()).toEqual(['cam-1']);
    await repeat(known);
    expect(await online()).toBe(false);
  });

  it('counts where it is recent, and where the device itself sends it', async () => {
    await heard(21);
    await store.forgetSilent();
    await repeat(known, false);
    expect(await online()).toBe(true);
    expect(await store.forgetSilent()).toEqual([]);
    await heard(21);
    await store.forgetSilent();
    await repeat(fresh);
    expect(await online()).toBe(true);
    expect(await store.forgetSilent()).toEqual([]);
  });

  it('counts no device as silent too early', async () => {
    await heard(19);
    expect(await store.forgetSilent()).toEqual([]);
  });
});

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

  it('are offline once nothing has come from them for long enough, and online again when they come back', async () => {
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
