import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PlantBroker } from '@hamon/contracts';
import {
  makeCertificates,
  Mosquitto,
  needing,
  whyNoMosquitto,
  whyNoOpenssl,
  type Certificates,
} from '@hamon/testing';
import { Aedes } from 'aedes';
import mqtt, { type MqttClient } from 'mqtt';
import type { Lease } from '../../src/adapters/leases.js';
import { PlantBrokers } from '../../src/adapters/plant-brokers.js';
import { PlantConnection } from '../../src/adapters/plant-connection.js';
import { until } from '../support/until.js';

const made: { discard(): Promise<void> }[] = [];
const taken: Lease<PlantConnection>[] = [];
const others: MqttClient[] = [];

const brokers = new PlantBrokers({
  ...{ fleet: 'acme', device: 'cam-1', now: () => new Date() },
  secrets: { resolve: ({ secret }) => Promise.resolve(`${secret}-password`) },
});

async function started(making: Promise<Mosquitto>): Promise<Mosquitto> {
  const broker = await making;
  made.push(broker);
  await broker.start();
  return broker;
}

async function certificates(name: string): Promise<Certificates> {
  const files = await makeCertificates(name);
  made.push(files);
  return files;
}

function take(broker: object): PlantConnection {
  const lease = brokers.take(PlantBroker.parse(broker));
  taken.push(lease);
  return lease.value;
}

async function other(port: number): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  others.push(client);
  return client;
}

const connected = (connection: PlantConnection): Promise<void> =>
  until(
    'a connection',
    () => connection.isConnected,
    undefined,
    () => String(connection.trouble),
  );
const troubleOf = async (connection: PlantConnection, words: RegExp): Promise<void> =>
  until(
    String(words),
    () => words.test(connection.trouble ?? ''),
    undefined,
    () => String(connection.trouble),
  );
const text = (topic: string, payload: string) =>
  ({ topic, payload: Buffer.from(payload), qos: 1, retain: false }) as const;

afterEach(async () => {
  for (const lease of taken.splice(0)) await lease.release();
  for (const client of others.splice(0)) await client.endAsync(true);
  for (const one of made.splice(0)) await one.discard();
});

needing(
  describe,
  whyNoMosquitto,
  whyNoOpenssl,
)('a connection to a broker of the plant', () => {
  it('comes back by itself, hears again what it heard, and keeps nothing meanwhile', async () => {
    const broker = await started(Mosquitto.open());
    const connection = take({ url: `mqtt://127.0.0.1:${broker.port}` });
    const heard: string[] = [];
    connection.subscribe('line/trigger', 1, {
      onDelivery: ({ payload }) => heard.push(Buffer.from(payload).toString()),
    });
    await connected(connection);
    const told: (string | null)[] = [];
    connection.watch((trouble) => told.push(trouble));
    await broker.stop();
    await until('the loss to be told', () => told.length > 0);
    const refusals = await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        connection.publish(text('line/answer', `${i}`)).catch((e: Error) => e.message),
      ),
    );
    expect(new Set(refusals.map((why) => typeof why))).toEqual(new Set(['string']));
    expect(refusals[0]).toContain(`the plant's broker mqtt://127.0.0.1:${broker.port}`);
    await broker.start();
    await connected(connection);
    expect(told.at(-1)).toBe(null);
    const peer = await other(broker.port);
    await peer.subscribeAsync('line/answer', { qos: 1 });
    const answers: string[] = [];
    peer.on('message', (_, payload) => answers.push(payload.toString()));
    await peer.publishAsync('line/trigger', 'again', { qos: 1 });
    await until('the subscription to hold', () => heard.length > 0);
    await connection.publish(text('line/answer', 'now'));
    await until('the answer', () => answers.length > 0);
    expect({ heard, answers }).toEqual({ heard: ['again'], answers: ['now'] });
  });

  it('says by a retained message whether it is there, also when it is killed', async () => {
    const broker = await started(Mosquitto.open());
    const peer = await other(broker.port);
    const said: boolean[] = [];
    peer.on('message', (_, payload) =>
      said.push((JSON.parse(payload.toString()) as { online: boolean }).online),
    );
    await peer.subscribeAsync('gateway/status', { qos: 1 });
    const clientId = 'gateway-7';
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const lease = brokers.take(PlantBroker.parse({ url, clientId, statusTopic: 'gateway/status' }));
    await until('its word', () => said.length === 1);
    // Another client with its id takes its place: to the broker that is a connection that broke.
    const rival = await mqtt.connectAsync(url, { clientId });
    await until('its last will, and its word again', () => said.length === 3);
    await rival.endAsync(true);
    await lease.release();
    await until('its farewell', () => said.length === 4);
    expect(said).toEqual([true, false, true, false]);
  });

  it('is one for all who name the same, and ends with the last of them', async () => {
    const broker = await started(Mosquitto.open());
    const row = PlantBroker.parse({ url: `mqtt://127.0.0.1:${broker.port}` });
    const [first, second] = [brokers.take(row), brokers.take(row)];
    expect(second.value).toBe(first.value);
    await connected(first.value);
    await first.release();
    await first.release();
    expect(second.value.isConnected).toBe(true);
    await second.release();
    expect(second.value.isConnected).toBe(false);
  });

  it('says what is wrong with the password, and goes on with the right one', async () => {
    const broker = await started(Mosquitto.guarded('cam', 'right-password'));
    const at = { url: `mqtt://127.0.0.1:${broker.port}`, user: 'cam' };
    await troubleOf(
      take({ ...at, password: { secret: 'wrong' } }),
      /user, password|user name or the password/,
    );
    const right = take({ ...at, password: { secret: 'right' } });
    await connected(right);
    await right.publish(text('a', 'b'));
  });

  it('trusts the authority that it is told, and no other', async () => {
    const own = await certificates('plant');
    const broker = await started(Mosquitto.guarded('cam', 'right-password', own));
    const at = { url: `mqtts://127.0.0.1:${broker.port}`, user: 'cam', password: { secret: 'right' } };
    await connected(take({ ...at, ca: own.ca }));
    await troubleOf(take({ ...at, ca: (await certificates('somebody')).ca }), /certificate/);
    await troubleOf(take(at), /certificate/);
    await troubleOf(take({ ...at, ca: `${own.ca}.missing` }), /ENOENT.*certificate.pem.missing/);
  });

  it('refuses more than it keeps in memory where the broker does not confirm', async () => {
    const broker = await started(Mosquitto.open());
    const connection = take({ url: `mqtt://127.0.0.1:${broker.port}` });
    await connected(connection);
    broker.pause();
    const refused: string[] = [];
    const sending = Array.from({ length: 300 }, () =>
      connection.publish(text('a', 'b')).catch((cause: Error) => refused.push(cause.message)),
    );
    await until('refusals', () => refused.length === 300 - 128);
    expect(refused[0]).toMatch(/is too slow: 128 messages are unconfirmed/);
    expect(connection.room).toBe(0);
    broker.resume();
    await Promise.all(sending);
    expect(refused).toHaveLength(300 - 128);
    expect(connection.room).toBe(128);
  });
});

describe('a broker that refuses one of several subscriptions', () => {
  it('is used for the others, and asked again', async () => {
    const aedes = await Aedes.createBroker();
    let isAllowed = false;
    aedes.authorizeSubscribe = (_, subscription, done) =>
      done(null, subscription.topic === 'refused' && !isAllowed ? null : subscription);
    const server = createServer((socket) => aedes.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const broker = PlantBroker.parse({ url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const secrets = { resolve: () => Promise.reject(new Error('there is none')) };
    const connection = new PlantConnection({ broker, secrets, clientId: 'cam-1', refusedAgainMs: 20 });
    const heard: string[] = [];
    const listen = (topic: string) =>
      connection.subscribe(topic, 1, {
        onDelivery: ({ payload }) => heard.push(`${topic}: ${Buffer.from(payload).toString()}`),
        onRefused: (why) => heard.push(why),
        onGranted: () => heard.push(`${topic}: granted`),
      });
    listen('refused');
    listen('granted');
    const stopping = new AbortController();
    const running = connection.run(stopping.signal);
    await connected(connection);
    await connection.publish(text('granted', 'a'));
    await until('the message', () => heard.includes('granted: a'));
    expect(heard).toContain(`the plant's broker ${broker.url} refuses the subscription to refused`);
    isAllowed = true;
    await until('the grant', () => heard.includes('refused: granted'));
    await connection.publish(text('refused', 'b'));
    await until('the message', () => heard.includes('refused: b'));
    stopping.abort();
    await running;
    await new Promise<void>((resolve) => aedes.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});
