import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desiredFilter, deviceTopic, topicOf, type RolloutView } from '@hamon/contracts';
import { Mosquitto, whyNoMosquitto } from '@hamon/testing';
import { generateSigningKey } from '@hamon/trust';
import mqtt from 'mqtt';
import { allowsAnonymous } from '../../src/messaging/anonymous-access.js';
import { BrokerAccounts } from '../../src/fleet/broker-accounts.js';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { enrolmentToken, tryEnrol } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { isReady, makeMosquittoPlace, type MosquittoPlace } from '../support/mosquitto-place.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutReaches } from '../support/rollouts.js';
import type { TestControlPlane } from '../support/test-control-plane.js';

if (whyNoMosquitto !== undefined) console.warn(`skipped: ${whyNoMosquitto}`);

(whyNoMosquitto === undefined ? describe : describe.skip)('with Mosquitto as broker', () => {
  let place: MosquittoPlace;
  let plane: TestControlPlane;
  const devices: FakeDevice[] = [];

  const connect = async (id: string): Promise<FakeDevice> => {
    const device = await place.connect(plane, id, behaveLikeAnAgent);
    devices.push(device);
    return device;
  };

  beforeAll(async () => {
    place = await makeMosquittoPlace();
    plane = await place.start();
  });
  afterAll(async () => {
    for (const device of devices) await device.stop();
    await plane?.stop();
    await place?.discard();
  });

  it('delivers a version to devices with generated passwords, and again after the broker forgot everything', async () => {
    const early = await connect('cam-1');
    const late = await connect('cam-2');
    expect(early.identity.mqttPassword).toHaveLength(43);
    expect(early.identity.mqttUrl).toBe(`mqtt://127.0.0.1:${place.broker.port}`);
    await late.stop();
    await pushReleased(plane);
    const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      model: 'tiny',
      version: '1.0.0',
      stages: '1,100%',
      approve: 'manual',
      watchSeconds: 0,
    });
    await rolloutReaches(plane, body.id, 'awaiting-approval');
    await place.broker.stop();
    await place.broker.start();
    await isReady(plane);
    await plane.call('POST', `/v1/rollouts/${body.id}/approve`);
    await late.connect();
    await rolloutReaches(plane, body.id, 'succeeded');
    expect([early, late].map(({ slots }) => slots.current?.version)).toEqual(['1.0.0', '1.0.0']);
    await early.connect();
  });

  it('gives no password to hardware that was replaced while it enrolled', async () => {
    const { id } = await connect('cam-replaced');
    const hash = async (): Promise<unknown> =>
      plane.database.query(`SELECT mqtt_password_hash FROM devices WHERE id = $1`, [id]);
    const before = await hash();
    const accounts = plane.app.get(BrokerAccounts, { strict: false });
    await expect(accounts.issue(id, 'of the former key')).rejects.toMatchObject({ code: 'device-shut-out' });
    expect(await hash()).toEqual(before);
  });

  it('keeps devices to their own topics', async () => {
    const [device] = devices;
    if (!device) throw new Error('no device');
    const { fleet } = device.identity;
    // It grants every subscription and delivers only what the rules allow: the last topic's message shows the silence.
    const heard: string[] = [];
    device.client.on('message', (topic) => void heard.push(topic));
    const own = topicOf('desired', { fleet, device: device.id, model: 'tiny' });
    await device.client.unsubscribeAsync(desiredFilter(fleet, device.id));
    for (const topic of [
      deviceTopic('reported', fleet, 'cam-2'),
      desiredFilter(fleet, 'cam-2'),
      desiredFilter(fleet, device.id),
    ]) {
      await device.client.subscribeAsync(topic, { qos: 1 });
    }
    await eventually('its own desired state', () => heard.includes(own));
    expect(new Set(heard)).toEqual(new Set([own]));

    // Mosquitto acknowledges what it does not let through: only the receiver can tell.
    const [row] = await plane.database.query<{ online: boolean }[]>(
      `SELECT online FROM devices WHERE id = 'cam-2'`,
    );
    expect(row?.online).toBe(true);
    const lie = { ...device.presence(false), device: 'cam-2' };
    await device.client.publishAsync(deviceTopic('presence', fleet, 'cam-2'), JSON.stringify(lie), {
      qos: 1,
    });
    await device.send('presence', device.presence(true));
    await eventually('the own message to arrive', async () => {
      const [own] = await plane.database.query<{ connection: string }[]>(
        `SELECT connection FROM devices WHERE id = 'cam-1'`,
      );
      return own?.connection === device.connection;
    });
    const [after] = await plane.database.query<{ online: boolean }[]>(
      `SELECT online FROM devices WHERE id = 'cam-2'`,
    );
    expect(after?.online).toBe(true);
  });

  it('lets no device cut off another by its client id', async () => {
    const [device] = devices;
    if (!device) throw new Error('no device');
    const { mqttPassword } = device.identity;
    const impostor = await mqtt.connectAsync(device.identity.mqttUrl, {
      ...{ clientId: 'cam-2', username: device.id, reconnectPeriod: 0 },
      ...(mqttPassword === undefined ? {} : { password: mqttPassword }),
    });
    // It only cuts itself off.
    await eventually('its own connection to end', () => !device.client.connected);
    expect(devices[1]?.client.connected).toBe(true);
    await devices[1]?.report();
    await impostor.endAsync();
    await device.connect();
  });

  it('lets no replica cut off another, and no device in where replicas connect', async () => {
    const second = await place.start(
      {
        HAMON_MANIFEST_KEY_FILE: join(place.dataDir, 'keys', 'manifest.jwk'),
        HAMON_ADMIN_TOKEN: plane.token,
      },
      join(place.dataDir, 'replica'),
    );
    try {
      const ready = async ({ call }: TestControlPlane): Promise<number> =>
        (await call('GET', '/readyz')).status;
      expect(await ready(plane)).toBe(200);
      const { id, identity } = devices[0]!;
      const device = {
        clientId: id,
        username: id,
        password: identity.mqttPassword ?? '',
        reconnectPeriod: 0,
      };
      const there = mqtt.connectAsync(`mqtt://127.0.0.1:${place.broker.controlPlanePort}`, device);
      await expect(there).rejects.toThrow('Not authorized');
      expect([await ready(plane), await ready(second)]).toEqual([200, 200]);
    } finally {
      await second.stop();
    }
  });

  it('lets nobody in with a wrong password or without one', async () => {
    const url = `mqtt://127.0.0.1:${place.broker.port}`;
    await expect(
      mqtt.connectAsync(url, { clientId: 'cam-1', username: 'cam-1', password: 'guess', reconnectPeriod: 0 }),
    ).rejects.toThrow();
    expect(await allowsAnonymous(url)).toBe(false);
  });

  it('gives no device the name of its own account', async () => {
    const token = await enrolmentToken(plane, { uses: 1 });
    const key = await generateSigningKey();
    expect(await tryEnrol(plane, token, key, { device: 'control' })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ field: 'device' }] },
    });
    // The refusal took no use of the token.
    expect(await tryEnrol(plane, token, key, { device: 'control-2' })).toMatchObject({ status: 201 });
    const names = async (): Promise<string[]> =>
      (await readFile(join(place.dataDir, 'mosquitto', 'passwd'), 'utf8'))
        .split('\n')
        .map((line) => line.split(':')[0] ?? '');
    expect((await names()).filter((name) => name === 'control')).toHaveLength(1);
    // Another replica with another account let the device in: it gets no account from this one …
    const rename = (from: string, to: string): Promise<unknown> =>
      plane.database.query(`UPDATE devices SET id = $2 WHERE id = $1`, [from, to]);
    await rename('control-2', 'control');
    await plane.app.get(BrokerAccounts, { strict: false }).refresh();
    expect((await names()).filter((name) => name === 'control')).toHaveLength(1);
    // … which does not start either.
    const shared = { HAMON_MANIFEST_KEY_FILE: join(place.dataDir, 'keys', 'manifest.jwk') };
    await expect(place.start(shared, join(place.dataDir, 'second'))).rejects.toThrow(
      'MQTT_URL must not log in as "control"',
    );
    await rename('control', 'control-2');
  });

  it('announces desired states again also where the database fails as the broker comes back', async () => {
    const [device] = devices;
    if (!device) throw new Error('no device');
    // Sequences also count what is rolled back.
    await plane.database.query(`
      CREATE SEQUENCE attempts;
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM nextval('attempts'); RAISE EXCEPTION 'away'; END $$;
      CREATE TRIGGER away BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION fail()`);
    await device.stop();
    await place.broker.stop();
    await place.broker.start();
    await eventually('an attempt that fails', async () => {
      const [row] = await plane.database.query<{ is_called: boolean }[]>(`SELECT is_called FROM attempts`);
      return row?.is_called === true;
    });
    await plane.database.query(`DROP FUNCTION fail CASCADE; DROP SEQUENCE attempts`);
    await device.connect();
    const { fleet } = device.identity;
    const own = topicOf('desired', { fleet, device: device.id, model: 'tiny' });
    const heard = new Promise<void>((resolve) => {
      device.client.on('message', (topic) => topic === own && resolve());
    });
    // What is retained comes with each subscription, and what is published later after it.
    await device.client.subscribeAsync(desiredFilter(fleet, device.id), { qos: 1 });
    await heard;
  });

  it('cuts off a retired device once the broker reads its files, and keeps none of its messages', async () => {
    const device = await connect('cam-stolen');
    await device.report();
    const retired = await plane.call('POST', '/v1/devices/cam-stolen/retire', { why: 'stolen' });
    expect(retired.status).toBe(200);
    expect(await readFile(join(place.dataDir, 'mosquitto', 'passwd'), 'utf8')).not.toContain('cam-stolen');
    place.broker.reload();
    await eventually('its connection to end', () => !device.client.connected);
    await expect(device.connect()).rejects.toThrow('Not authorized');

    const heard: string[] = [];
    const control = await mqtt.connectAsync(`mqtt://127.0.0.1:${place.broker.controlPlanePort}`, {
      ...{ username: 'control', password: 's3cret', clientId: 'onlooker', reconnectPeriod: 0 },
    });
    control.on('message', (topic) => void heard.push(topic));
    await control.subscribeAsync('hamon/v1/+/device/+/reported', { qos: 1 });
    const { fleet } = device.identity;
    await eventually('what is kept of others', () => heard.includes(deviceTopic('reported', fleet, 'cam-1')));
    await control.endAsync();
    expect(heard).not.toContain(deviceTopic('reported', fleet, 'cam-stolen'));
  });

  it('notices that another broker lets anybody in', async () => {
    const open = await Mosquitto.make(['allow_anonymous true']);
    await open.start();
    expect(await allowsAnonymous(`mqtt://127.0.0.1:${open.port}`)).toBe(true);
    await open.discard();
  });
});
