import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AuditEntryView,
  ConfigState,
  DeviceConfigPlan,
  DeviceConfigurationView,
  DeviceConfigView,
  Page,
  PushedConfigView,
} from '@hamon/contracts';
import { generateSigningKey } from '@hamon/trust';
import { tryEnrol } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { otherFleet } from '../support/samples.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
const devices: FakeDevice[] = [];

const join = async (id: string, { site = 'osaka', able = true } = {}): Promise<FakeDevice> => {
  const device = await FakeDevice.enrol(plane, id, { site });
  devices.push(device);
  if (able) device.orders = ['hold', 'configure'];
  await device.connect();
  await eventually(`${id} is known`, async () => {
    const { rows } = await wordOf(id);
    return rows;
  });
  return device;
};
const wordOf = async (id: string): Promise<{ rows: boolean }> => {
  const [row] = await plane.database.query<{ rows: boolean }[]>(
    `SELECT reported IS NOT NULL AS rows FROM devices WHERE id = $1`,
    [id],
  );
  return row ?? { rows: false };
};
const camera = (name: string, url = `rtsp://10.0.0.7/${name}`) => ({ name, source: { kind: 'ffmpeg', url } });
type Answered = PushedConfigView & { code: string; detail: string };
const push = (where: string, config: object | null, more = {}) =>
  plane.call<Answered>('POST', '/v1/device-configs', { where, config, ...more });
const of = async (id: string): Promise<DeviceConfigurationView> =>
  (await plane.call<DeviceConfigurationView>('GET', `/v1/devices/${id}/configuration`)).body;
const heard = (device: FakeDevice, sequence: number) =>
  eventually(`${device.id} hears of ${sequence}`, () =>
    device.configs.find((order) => order?.sequence === sequence),
  );
/** What the device is to be told, as it arrives there. */
const arrives = async (device: FakeDevice) =>
  heard(device, (await of(device.id)).desired?.sequence ?? 0) as Promise<
    NonNullable<FakeDevice['configs'][0]>
  >;
const says = async (device: FakeDevice, sequence: number, state: ConfigState): Promise<void> => {
  const reason =
    state === 'reverted' ? { code: 'stream-not-up' as const, detail: 'b: no route to host' } : null;
  device.configuration = { sequence, state, reason, at: new Date().toISOString() };
  await device.report();
  await eventually(`${state} is known`, async () => (await of(device.id)).reported?.state === state);
};

beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(async () => {
  for (const device of devices) await device.stop();
  await plane.discard();
});

describe('a configuration', () => {
  it('goes signed to the devices that are selected and able, and to no other', async () => {
    const [one, two] = [await join('a-1'), await join('a-2', { site: 'kobe' })];
    await join('a-3', { able: false });
    const { status, body } = await push('site=osaka', { streams: [camera('a')] }, { trialSeconds: 30 });
    expect(status).toBe(201);
    expect(body).toMatchObject({ version: 1, devices: { assigned: 1 }, unable: [{ device: 'a-3' }] });
    expect(await arrives(one)).toMatchObject({ config: { streams: [camera('a')] }, trialSeconds: 30 });
    expect(two.configs).toEqual([]);
    const { items } = (await plane.call<Page<AuditEntryView>>('GET', `/v1/audit?subject=${body.id}`)).body;
    expect(items).toMatchObject([{ action: 'device-config.push', actor: expect.stringMatching(/^admin:/) }]);
  });

  it('is shown as the device says that it went', async () => {
    const device = await join('b-1', { site: 'b' });
    const { body } = await push('id=b-1', { streams: [camera('b')] });
    const { sequence } = await arrives(device);
    await says(device, sequence, 'trial');
    await says(device, sequence, 'reverted');
    expect(await of('b-1')).toMatchObject({
      desired: { id: body.id, state: 'reverted', reason: { detail: 'b: no route to host' } },
      reported: { sequence, state: 'reverted' },
    });
    const seen = await plane.call<DeviceConfigView>('GET', `/v1/device-configs/${body.id}`);
    expect(seen.body.devices).toEqual({ reverted: 1 });
    const list = await plane.call<Page<object>>(
      'GET',
      `/v1/device-configs/${body.id}/devices?where=state=reverted`,
    );
    expect(list.body.items).toMatchObject([{ device: 'b-1', sequence }]);
  });

  it('is superseded by the later of two, and the earlier says so', async () => {
    const device = await join('c-1', { site: 'c' });
    const [first, second] = await Promise.all([
      push('id=c-1', { streams: [camera('c1')] }),
      push('id=c-1', { streams: [camera('c2')] }),
    ]);
    const isFirst = first.body.version < second.body.version;
    const [earlier, later] = isFirst ? [first.body, second.body] : [second.body, first.body];
    const { desired, former } = await of('c-1');
    expect(desired?.id).toBe(later.id);
    expect(former).toMatchObject([{ id: earlier.id, state: 'superseded' }]);
    expect(desired!.sequence).toBeGreaterThan(former[0]!.sequence);
    expect(await arrives(device)).toMatchObject({ config: later.config });
    const shown = await plane.call<DeviceConfigView>('GET', `/v1/device-configs/${earlier.id}`);
    expect(shown.body.devices).toEqual({ superseded: 1 });
  });

  it('is refused where another one came between, if its sender asks for that', async () => {
    await join('d-1', { site: 'd' });
    const { body } = await push('id=d-1', { logLevel: 'debug' }, { ifVersion: 0 });
    const refused = await push('id=d-1', { logLevel: 'warn' }, { ifVersion: 0 });
    expect(refused).toMatchObject({ status: 409, body: { code: 'device-config-changed' } });
    expect(refused.body.detail).toContain(`was sent version ${body.version} last, not 0`);
    expect((await push('id=d-1', { logLevel: 'warn' }, { ifVersion: body.version })).status).toBe(201);
  });

  it('is taken back by a signed message, which a device that was away finds', async () => {
    const device = await join('e-1', { site: 'e' });
    await push('id=e-1', { logLevel: 'debug' });
    await arrives(device);
    await device.stop();
    await push('id=e-1', null);
    await device.connect();
    expect(await arrives(device)).toMatchObject({ config: null });
  });

  it('is planned without being sent', async () => {
    const device = await join('f-1', { site: 'f' });
    await push('id=f-1', { streams: [camera('a'), camera('b')], limits: { outboxMb: 8 } });
    await arrives(device);
    const before = device.configs.length;
    const config = { streams: [camera('b', 'rtsp://10.0.0.8/b'), camera('c')], limits: { outboxMb: 8 } };
    const { body, status } = await plane.call<DeviceConfigPlan>('POST', '/v1/device-configs/plan', {
      ...{ where: 'id=f-1', config },
    });
    expect(status).toBe(200);
    expect(body.devices[0]?.changes.map(({ field }) => field)).toEqual([
      'streams.a',
      'streams.b.source',
      'streams.c',
    ]);
    expect((await of('f-1')).former).toEqual([]);
    expect(device.configs.length).toBe(before);
  });

  it.each([
    [
      'a password in an address',
      { streams: [camera('a', 'rtsp://root:hunter2@10.0.0.7/a')] },
      'config.streams.0.source.url',
    ],
    [
      'a secret in clear',
      {
        streams: [
          { name: 'a', source: { kind: 'ffmpeg', url: 'rtsp://10.0.0.7', user: 'u', password: 'hunter2' } },
        ],
      },
      'config.streams.0.source.password',
    ],
    [
      'a program of its own',
      { streams: [{ name: 'a', source: { kind: 'command', run: ['sh'], width: 64, height: 64 } }] },
      'config.streams.0.source.run',
    ],
    ['a path that leads out', { source: { kind: 'directory', path: '../../etc' } }, 'config.source.path'],
    ['what is the device’s own', { http: { host: '0.0.0.0' } }, 'config.http'],
    ['what it would be allowed', { allow: { folders: ['/'] } }, 'config.allow'],
    ['an unknown setting', { colour: 'red' }, 'config'],
  ])('that holds %s is refused by the name of the field', async (_what, config, field) => {
    const { status, body } = await push('', config);
    expect(status).toBe(400);
    const { errors } = body as unknown as { errors: { field: string; rule: string }[] };
    expect(errors.map((one) => one.field)).toContain(field);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('goes to nobody where nobody is selected, or none is able', async () => {
    expect(await push('site=nowhere', {})).toMatchObject({
      status: 422,
      body: { code: 'no-device-selected' },
    });
    await join('g-1', { site: 'g', able: false });
    expect(await push('site=g', {})).toMatchObject({ status: 409, body: { code: 'device-unable' } });
  });

  it('is sent and seen by its own fleet alone', async () => {
    await join('o-1', { site: 'o' });
    const { body } = await push('id=o-1', { logLevel: 'debug' });
    const other = await otherFleet(plane);
    const wanted = { where: 'id=o-1', config: { logLevel: 'trace' } };
    for (const [method, path, refused, sent] of [
      ['POST', '/v1/device-configs', 422, wanted],
      ['POST', '/v1/device-configs/plan', 422, wanted],
      ['GET', `/v1/device-configs/${body.id}`, 404, undefined],
      ['GET', `/v1/device-configs/${body.id}/devices`, 404, undefined],
      ['GET', '/v1/devices/o-1/configuration', 404, undefined],
      ['POST', '/v1/devices/o-1/commands', 404, { kind: 'restart' }],
      ['GET', '/v1/devices/o-1/commands', 404, undefined],
    ] as const) {
      const { status } = await plane.call(method, path, sent, other);
      expect([path, status]).toEqual([path, refused]);
    }
    expect((await of('o-1')).desired?.id).toBe(body.id);
  });

  it('is published again where the broker has lost it', async () => {
    const device = await join('h-1', { site: 'h' });
    await push('id=h-1', { logLevel: 'debug' });
    const { sequence } = await arrives(device);
    const { fleet } = device.identity;
    const topic = `hamon/v1/${fleet}/device/h-1/config`;
    const { BrokerConnection } = await import('../../src/messaging/broker-connection.js');
    const connection = plane.app.get(BrokerConnection, { strict: false });
    await connection.publish(topic, '', true);
    await eventually('it is cleared', () => device.configs.at(-1) === null);
    // What a lost connection does: everything is announced again.
    const { OutboxStore } = await import('../../src/messaging/outbox.store.js');
    await plane.app.get(OutboxStore, { strict: false }).announce('config', ['h-1']);
    await eventually('it is there again', () => device.configs.at(-1)?.sequence === sequence);
  });

  it('is cleared when the device is retired, and signed anew for the hardware that takes its place', async () => {
    const device = await join('i-1', { site: 'i' });
    await push('id=i-1', { logLevel: 'debug' });
    const { sequence } = await arrives(device);
    await plane.call('POST', '/v1/devices/i-1/retire', { why: 'stolen' });
    const wanted = { uses: 1, ttlSeconds: 600, replaces: 'i-1' };
    const token = (await plane.call<{ token: string }>('POST', '/v1/enrolment-tokens', wanted)).body.token;
    const key = await generateSigningKey();
    const fresh = FakeDevice.as((await tryEnrol(plane, token, key)).body, key);
    devices.push(fresh);
    await fresh.connect();
    const again = await arrives(fresh);
    expect(again.sequence).toBeGreaterThan(sequence);
    expect(again.config).toEqual({ logLevel: 'debug' });
  });

  it('goes on above what a device holds, where the database is older than the device', async () => {
    const device = await join('j-1', { site: 'j' });
    await push('id=j-1', { logLevel: 'debug' });
    const { sequence } = await arrives(device);
    // As after a restore: what is published was signed long ago.
    await plane.database.query(
      `UPDATE device_config_assignments SET sequence = sequence - 5000, issued_at = now() - interval '2 hours'
       WHERE device = 'j-1'`,
    );
    device.configuration = {
      sequence: sequence - 10,
      state: 'applied',
      reason: null,
      at: new Date().toISOString(),
    };
    await device.report();
    await eventually(
      'it is signed above',
      async () => ((await of('j-1')).desired?.sequence ?? 0) > sequence - 10,
    );
  });
});
