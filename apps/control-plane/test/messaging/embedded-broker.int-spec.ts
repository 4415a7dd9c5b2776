import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  brokerAudience,
  chunkTopic,
  desiredFilter,
  deviceTopic,
  MAX_PACKET_BYTES,
  topicOf,
  type Presence,
} from '@hamon/contracts';
import { generateSigningKey, publicJwkOf, signDeviceToken, type SigningJwk } from '@hamon/trust';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { DeviceDirectory, KnownDevice } from '../../src/messaging/device-directory.js';
import { EmbeddedBroker } from '../../src/messaging/embedded/embedded-broker.js';

const FLEET = 'default';
const known = new Map<string, KnownDevice>();
const directory: DeviceDirectory = {
  find: (device) => Promise.resolve(known.get(device)),
  barred: (devices) =>
    Promise.resolve(
      devices.filter(({ device, key }) => known.get(device)?.publicKey.x !== key).map(({ device }) => device),
    ),
};
const refused: string[] = [];
const broker = new EmbeddedBroker(directory, {
  refused: (what, who, detail) => void refused.push(`${what} ${who}: ${detail}`),
  fault: (detail, cause) => {
    throw new Error(detail, { cause });
  },
});
broker.handOverTo(() => undefined);
const silent = { refused: () => undefined, fault: () => undefined };
const keys = new Map<string, SigningJwk>();
const clients: MqttClient[] = [];
let port = 0;

async function enrol(device: string): Promise<void> {
  const key = await generateSigningKey();
  keys.set(device, key);
  known.set(device, { fleet: FLEET, publicKey: publicJwkOf(key) });
}

interface TokenOptions {
  readonly audience?: string;
  readonly lifetimeSeconds?: number;
  readonly signer?: string;
  readonly subject?: string;
}

async function token(device: string, options: TokenOptions = {}): Promise<string> {
  const key = keys.get(options.signer ?? device);
  if (!key) throw new Error(`no key of ${device}`);
  return signDeviceToken(
    {
      device: options.subject ?? device,
      audience: options.audience ?? brokerAudience(FLEET),
      lifetimeSeconds: options.lifetimeSeconds ?? 600,
      now: new Date(),
    },
    key,
  );
}

function open(options: IClientOptions): Promise<MqttClient> {
  return new Promise((resolve, reject) => {
    const client = mqtt.connect({ host: '127.0.0.1', port, reconnectPeriod: 0, ...options });
    clients.push(client);
    client.once('connect', () => resolve(client));
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
}

const device = async (id: string, options: IClientOptions = {}): Promise<MqttClient> =>
  open({ clientId: id, username: id, password: await token(id), ...options });

const service = (): Promise<MqttClient> => open({ ...broker.service });

const closed = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => (client.connected ? void client.once('close', () => resolve()) : resolve()));

/** Resolves with the next message on a topic. */
const next = (client: MqttClient, topic: string): Promise<Buffer> =>
  new Promise((resolve) => {
    const listener = (at: string, payload: Buffer): void => {
      if (at !== topic) return;
      client.off('message', listener);
      resolve(payload);
    };
    client.on('message', listener);
  });

const desiredTopic = (device: string, model = 'tiny'): string =>
  topicOf('desired', { fleet: FLEET, device, model });

const presence = (id: string, online: boolean): Presence => ({
  schema: 'hamon.presence/1',
  device: id,
  online,
  connection: crypto.randomUUID(),
  at: new Date().toISOString(),
});

describe('the embedded broker', () => {
  beforeAll(async () => {
    await enrol('cam-1');
    await enrol('cam-2');
    port = await broker.start('127.0.0.1', 0);
  });
  afterAll(async () => {
    for (const client of clients) client.end(true);
    await broker.stop();
  });

  describe('refuses to connect', () => {
    it.each<[string, () => Promise<IClientOptions>]>([
      ['an anonymous client', () => Promise.resolve({})],
      ['an unknown device', async () => ({ clientId: 'x', username: 'x', password: await token('cam-1') })],
      [
        "a token under another device's key",
        async () => ({
          clientId: 'cam-1',
          username: 'cam-1',
          password: await token('cam-1', { signer: 'cam-2' }),
        }),
      ],
      [
        "another device's token",
        async () => ({
          clientId: 'cam-1',
          username: 'cam-1',
          password: await token('cam-1', { subject: 'cam-2' }),
        }),
      ],
      [
        "another fleet's audience",
        async () => ({
          clientId: 'cam-1',
          username: 'cam-1',
          password: await token('cam-1', { audience: brokerAudience('other') }),
        }),
      ],
      [
        'a client id that is not the user name',
        async () => ({ clientId: 'cam-2', username: 'cam-1', password: await token('cam-1') }),
      ],
      [
        'a persistent session',
        async () => ({ clientId: 'cam-1', username: 'cam-1', password: await token('cam-1'), clean: false }),
      ],
      [
        "a will on another device's topic",
        async () => ({
          clientId: 'cam-1',
          username: 'cam-1',
          password: await token('cam-1'),
          will: {
            topic: deviceTopic('presence', FLEET, 'cam-2'),
            payload: Buffer.from('{}'),
            qos: 1 as const,
          },
        }),
      ],
      [
        'a guess at the control plane',
        () => Promise.resolve({ clientId: 'x', username: broker.service.username, password: 'x' }),
      ],
    ])('%s', async (_what, options) => {
      await expect(open(await options())).rejects.toThrow(/Not authorized|closed/);
    });
  });

  it('closes a connection when its token expires', async () => {
    const client = await device('cam-1', { password: await token('cam-1', { lifetimeSeconds: 2 }) });
    await closed(client);
    expect(broker.deviceCount).toBe(0);
  });

  it('lets in clients with a long keep alive or none, and cuts them off when they fall silent', async () => {
    const impatient = new EmbeddedBroker(directory, silent, () => new Date(), 1);
    const at = await impatient.start('127.0.0.1', 0);
    try {
      for (const keepalive of [0, 3600]) {
        const password = await token('cam-1');
        const client = await open({
          port: at,
          clientId: 'cam-1',
          username: 'cam-1',
          password,
          keepalive,
        });
        expect(client.connected).toBe(true);
        if (keepalive === 0) await new Promise<void>((resolve) => void client.once('close', resolve));
        else await client.endAsync();
      }
    } finally {
      await impatient.stop();
    }
  });

  it('closes the connection of a device that is retired', async () => {
    await enrol('cam-3');
    const client = await device('cam-3');
    known.delete('cam-3');
    await closed(client);
    await expect(device('cam-3')).rejects.toThrow();
  });

  it('hands a client id over to its newer connection and sends the will of the older', async () => {
    const hub = await service();
    const topic = deviceTopic('presence', FLEET, 'cam-1');
    await hub.subscribeAsync(topic, { qos: 1 });
    const will = { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: true };
    const first = await device('cam-1', { will });
    const gone = next(hub, topic);
    const second = await device('cam-1');
    await closed(first);
    expect((await gone).toString()).toBe('gone');
    expect(second.connected).toBe(true);
    expect(broker.deviceCount).toBe(1);
    await second.endAsync();
  });

  it('carries desired state and chunks to a device and its reports back', async () => {
    const hub = await service();
    const sha256 = 'a'.repeat(64);
    await hub.publishAsync(chunkTopic(FLEET, sha256), Buffer.alloc(120 * 1024, 7), { qos: 1, retain: true });
    await hub.publishAsync(desiredTopic('cam-1'), 'jws', { qos: 1, retain: true });
    const client = await device('cam-1');
    const chunk = next(client, chunkTopic(FLEET, sha256));
    const desired = next(client, desiredTopic('cam-1'));
    const other = next(client, desiredTopic('cam-1', 'other'));
    await client.subscribeAsync([chunkTopic(FLEET, sha256), desiredFilter(FLEET, 'cam-1')], { qos: 1 });
    expect((await chunk).length).toBe(120 * 1024);
    expect((await desired).toString()).toBe('jws');
    // Of each model, also of one that is assigned later; what was cleared comes no more.
    await hub.publishAsync(desiredTopic('cam-1', 'other'), 'second', { qos: 1, retain: true });
    expect((await other).toString()).toBe('second');
    await hub.publishAsync(desiredTopic('cam-1'), '', { qos: 1, retain: true });
    const kept: string[] = [];
    client.on('message', (topic, _payload, packet) => packet.retain && void kept.push(topic));
    const again = next(client, desiredTopic('cam-1', 'other'));
    await client.subscribeAsync(desiredFilter(FLEET, 'cam-1'), { qos: 1 });
    await again;
    expect(kept).toEqual([desiredTopic('cam-1', 'other')]);
    await hub.subscribeAsync('hamon/v1/+/device/+/presence', { qos: 1 });
    const heard = next(hub, deviceTopic('presence', FLEET, 'cam-2'));
    const sent = presence('cam-2', true);
    await (
      await device('cam-2')
    ).publishAsync(deviceTopic('presence', FLEET, 'cam-2'), JSON.stringify(sent), { qos: 1 });
    expect(JSON.parse((await heard).toString())).toEqual(sent);
    await client.endAsync();
  });

  it('grants no foreign topic, no wildcard and no more than 16 chunks at once', async () => {
    const client = await device('cam-1');
    const filters = [
      desiredTopic('cam-2'),
      desiredFilter(FLEET, 'cam-2'),
      'hamon/v1/default/device/+/desired/+',
      'hamon/v1/default/chunk/+',
      '#',
      '$SYS/#',
    ];
    await expect(client.subscribeAsync(filters, { qos: 1 })).rejects.toThrow();
    const chunks = Array.from({ length: 17 }, (_, i) => chunkTopic(FLEET, i.toString(16).padStart(64, '0')));
    await client.subscribeAsync(chunks.slice(0, 16), { qos: 1 });
    await expect(client.subscribeAsync(chunks.slice(16), { qos: 1 })).rejects.toThrow();
    await client.unsubscribeAsync(chunks.slice(0, 1));
    await client.subscribeAsync(chunks.slice(16), { qos: 1 });
    await client.endAsync();
  });

  it.each([
    ["another device's topic", deviceTopic('reported', FLEET, 'cam-2'), 10],
    ['a chunk', chunkTopic(FLEET, 'a'.repeat(64)), 10],
    ['its own desired state', desiredTopic('cam-1'), 10],
    ['a presence beyond its size', deviceTopic('presence', FLEET, 'cam-1'), 2000],
    ['a packet beyond any size', deviceTopic('telemetry', FLEET, 'cam-1'), MAX_PACKET_BYTES + 1],
  ])(
    'closes the connection of a device that publishes %s, and no other',
    async (_what, topic, lengthBytes) => {
      const bystander = await device('cam-2');
      const client = await device('cam-1');
      const before = refused.length;
      client.publish(topic, Buffer.alloc(lengthBytes, 32), { qos: 1 });
      await closed(client);
      expect(refused.slice(before).join()).toContain('publish cam-1');
      await bystander.publishAsync(deviceTopic('event', FLEET, 'cam-2'), '{}', { qos: 1 });
      await bystander.endAsync();
    },
  );

  it('closes a connection that does not begin with CONNECT, before it is authenticated', async () => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]));
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  });

  it('lets devices in while one host holds a thousand silent connections', async () => {
    const sockets = Array.from({ length: 1000 }, () =>
      connectTcp({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }).on('error', () => {}),
    );
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => void socket.once('connect', resolve))),
    );
    const firstGone = new Promise((resolve) => void sockets[0]?.once('close', resolve));
    const [one, two] = [await device('cam-1'), await device('cam-2')];
    await firstGone;
    expect([one.connected, two.connected]).toEqual([true, true]);
    expect(refused).toContain('connection 127.0.0.2: too many are connecting');
    await Promise.all([one.endAsync(), two.endAsync()]);
    for (const socket of sockets) socket.destroy();
  });

  it('lets a burst through whole and in order', async () => {
    const hub = await service();
    const topic = deviceTopic('telemetry', FLEET, 'cam-1');
    const heard: string[] = [];
    await hub.subscribeAsync(topic, { qos: 1 });
    const all = new Promise<void>((resolve) => {
      hub.on('message', (_topic, payload) => {
        if (heard.push(payload.toString()) === 300) resolve();
      });
    });
    const client = await device('cam-1');
    await Promise.all(
      Array.from({ length: 300 }, (_, i) => client.publishAsync(topic, String(i), { qos: 1 })),
    );
    await all;
    expect(heard).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
    await client.endAsync();
  });
});
