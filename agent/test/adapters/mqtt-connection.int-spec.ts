import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceTopic } from '@hamon/contracts';
import { Aedes } from 'aedes';
import { MqttConnection } from '../../src/adapters/mqtt-connection.js';
import { until } from '../support/until.js';

describe('MqttConnection', () => {
  let broker: Aedes;
  let server: Server;
  beforeAll(async () => {
    broker = await Aedes.createBroker();
    server = createServer((socket) => broker.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  });

  it('says again and again that the device is there, each connection under its own id', async () => {
    const said: { online: boolean; connection: string }[] = [];
    broker.on('publish', ({ topic, payload }) => {
      if (topic === deviceTopic('presence', 'default', 'cam-1')) said.push(JSON.parse(payload.toString()));
    });
    const connection = new MqttConnection({
      url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
      fleet: 'default',
      device: 'cam-1',
      password: () => Promise.resolve('secret'),
      presenceEveryMs: 20,
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      onMessage: () => undefined,
    });
    const stop = new AbortController();
    const running = connection.run(stop.signal);
    await until('three words', () => said.length >= 3);
    expect(said.every(({ online }) => online)).toBe(true);
    expect(new Set(said.map(({ connection: id }) => id)).size).toBe(1);
    stop.abort();
    await running;
    expect(said.at(-1)).toMatchObject({ online: false });
  });

  it('ends at once when it is told to while it asks for its password', async () => {
    const stop = new AbortController();
    const connection = new MqttConnection({
      url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
      fleet: 'default',
      device: 'cam-2',
      password: () => {
        stop.abort();
        return Promise.resolve('secret');
      },
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      onMessage: () => undefined,
    });
    await connection.run(stop.signal);
    expect(connection.isConnected).toBe(false);
  });
});
