import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceTopic, type DeviceEvent, type Page, type TelemetryWindow } from '@hamon/contracts';
import { WindowPartitions } from '../../src/telemetry/window-partitions.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;
let other: FakeDevice;

const version = { model: 'tiny', version: '1.0.0', variant: 'fp32', bundle: 'a'.repeat(64), sequence: 1 };

const windows = async (of = device, query = ''): Promise<Page<TelemetryWindow>> =>
  (await plane.call<Page<TelemetryWindow>>('GET', `/v1/devices/${of.id}/windows${query}`)).body;

const event = (detail: string, of = device): DeviceEvent => ({
  schema: 'hamon.event/1',
  id: randomUUID(),
  device: of.id,
  at: new Date().toISOString(),
  kind: 'started',
  version: null,
  reason: null,
  detail,
});

async function refusals(what: string): Promise<number> {
  const metrics = await fetch(`${plane.url}/metrics`).then((answer) => answer.text());
  return Number(
    new RegExp(`hamon_peer_messages_refused_total\\{what="${what}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0,
  );
}

const online = async (): Promise<boolean | undefined> => {
  const [row] = await plane.database.query<{ online: boolean }[]>(
    `SELECT online FROM devices WHERE id = $1`,
    [device.id],
  );
  return row?.online;
};

describe('what devices send', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane({ HAMON_DEVICE_EVENTS: '20' });
    device = await FakeDevice.enrol(plane, 'cam-1');
    other = await FakeDevice.enrol(plane, 'cam-2');
    await device.connect();
    await other.connect();
  });
  afterAll(async () => {
    await device.stop();
    await other.stop();
    await plane.discard();
  });

  it('counts a window once, however often it is delivered', async () => {
    const window = device.window(version);
    for (let i = 0; i < 3; i++) await device.send('telemetry', window);
    const last = device.window(version);
    await device.send('telemetry', last);
    const page = await eventually('both windows', async () => {
      const seen = await windows();
      return seen.items.length >= 2 && seen;
    });
    expect(page.items.map(({ id }) => id).sort()).toEqual([window.id, last.id].sort());
    expect(page.items.find(({ id }) => id === window.id)).toEqual(window);
    const first = await windows(device, '?limit=1');
    const second = await windows(device, `?limit=1&after=${first.next ?? ''}`);
    expect([...first.items, ...second.items]).toEqual(page.items);
    expect(second.next).toBeNull();
  });

  it('keeps an event once, however often it is delivered', async () => {
    const once = event('first');
    for (let i = 0; i < 3; i++) await device.send('event', once);
    await device.send('event', event('second'));
    await eventually('both events', async () => {
      const rows = await plane.database.query<{ detail: string }[]>(
        `SELECT body ->> 'detail' AS detail FROM device_events WHERE device = $1 ORDER BY at`,
        [device.id],
      );
      return rows.length === 2 && rows[0]?.detail === 'first';
    });
  });

  it.each<[string, Buffer]>([
    ['no JSON', Buffer.from('{"schema":')],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
    ['another schema', Buffer.from('{"schema":"hamon.window/2"}')],
  ])('drops a window that is %s, and goes on', async (_what, payload) => {
    const before = await refusals('telemetry');
    const { fleet } = device.identity;
    await device.client.publishAsync(deviceTopic('telemetry', fleet, device.id), payload, { qos: 1 });
    await eventually('it to be counted', async () => (await refusals('telemetry')) === before + 1);
    const next = other.window(version);
    await other.send('telemetry', next);
    await eventually('the next window', async () =>
      (await windows(other)).items.some(({ id }) => id === next.id),
    );
    expect(device.client.connected).toBe(true);
  });

  it.each<[string, () => TelemetryWindow]>([
    ['of another device', () => other.window(version)],
    [
      'of the future',
      () => ({ ...device.window(version), endedAt: new Date(Date.now() + 86_400_000).toISOString() }),
    ],
    [
      'that ends before it begins',
      () => ({ ...device.window(version), endedAt: '2026-01-01T00:00:00.000Z' }),
    ],
  ])('drops a window %s', async (_what, make) => {
    const before = await refusals('telemetry');
    const window = make();
    const { fleet } = device.identity;
    const topic = deviceTopic('telemetry', fleet, device.id);
    await device.client.publishAsync(topic, JSON.stringify(window), { qos: 1 });
    await eventually('it to be counted', async () => (await refusals('telemetry')) === before + 1);
    expect((await windows()).items.map(({ id }) => id)).not.toContain(window.id);
  });

  it('drops an event that the database cannot hold, and keeps those that came with it', async () => {
    const good = [event('before'), event('after')];
    await Promise.all([
      device.send('event', good[0] as DeviceEvent),
      device.send('event', event('a zero \u0000 byte')),
      device.send('event', good[1] as DeviceEvent),
    ]);
    await eventually('the good ones', async () => {
      const rows = await plane.database.query<unknown[]>(
        `SELECT 1 FROM device_events WHERE id = ANY ($1::uuid[])`,
        [good.map(({ id }) => id)],
      );
      return rows.length === 2;
    });
    expect(await refusals('event')).toBe(1);
  });

  it('closes the connection of a device that sends too much, and nobody else notices', async () => {
    const gone = new Promise<void>((resolve) => device.client.once('close', () => resolve()));
    const { fleet } = device.identity;
    device.client.publish(deviceTopic('event', fleet, device.id), Buffer.alloc(5000, 32), { qos: 1 });
    await gone;
    await eventually('cam-1 offline', async () => (await online()) === false);
    expect(other.client.connected).toBe(true);
    await device.connect();
    await eventually('cam-1 online', async () => (await online()) === true);
  });

  it('keeps as many events of a device as its quota says, counts the others, and goes on', async () => {
    for (let i = 0; i < 25; i++) await other.send('event', event(`flood ${i}`, other));
    const last = other.window(version);
    await other.send('telemetry', last);
    const mine = event('of another device');
    await device.send('event', mine);
    await eventually('what came after the flood', async () => {
      const rows = await plane.database.query<unknown[]>(`SELECT 1 FROM device_events WHERE id = $1`, [
        mine.id,
      ]);
      return rows.length === 1 && (await windows(other)).items.some(({ id }) => id === last.id);
    });
    expect(await refusals('event-quota')).toBe(5);
    const [row] = await plane.database.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM device_events WHERE device = $1`,
      [other.id],
    );
    expect(row?.n).toBe(20);
  });

  it('ignores the late will of an older connection', async () => {
    await device.send('presence', device.presence(false, randomUUID()));
    const marker = event('after the will');
    await device.send('event', marker);
    await eventually('the marker', async () => {
      const rows = await plane.database.query<unknown[]>(`SELECT 1 FROM device_events WHERE id = $1`, [
        marker.id,
      ]);
      return rows.length === 1;
    });
    await eventually('presence to be settled', async () => (await online()) === true);
    expect(await online()).toBe(true);
    device.vanish();
    await eventually('the true will', async () => (await online()) === false);
  });

  it('makes partitions ahead, moves rows into them and drops old days whole', async () => {
    const partitions = plane.app.get(WindowPartitions, { strict: false });
    const days = async (): Promise<string[]> => {
      const rows = await plane.database.query<{ name: string }[]>(
        `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'windows'::regclass AND c.relname <> 'windows_default' ORDER BY 1`,
      );
      return rows.map(({ name }) => name);
    };
    const rows = async (): Promise<number> => {
      const [row] = await plane.database.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM windows`);
      return row?.n ?? 0;
    };
    const before = await days();
    const stored = await rows();
    expect(before).toHaveLength(4);
    // A day without a partition: its rows are in the default one.
    await plane.database.query(
      `INSERT INTO windows SELECT fleet, device, gen_random_uuid(), started_at + interval '5 days',
         ended_at + interval '5 days', received_at, txid, model, version, bundle_sha256, shadow_bundle_sha256, body
       FROM windows LIMIT 2`,
    );
    await partitions.maintain(new Date(Date.now() + 3 * 86_400_000));
    expect(await days()).toHaveLength(7);
    expect(await rows()).toBe(stored + 2);
    await partitions.maintain(new Date(Date.now() + 32 * 86_400_000));
    expect((await days()).some((name) => before[0] === name)).toBe(false);
    expect(await rows()).toBe(2);
  });
});
