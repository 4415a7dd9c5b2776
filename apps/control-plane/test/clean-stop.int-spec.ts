import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Aedes } from 'aedes';
import { DataSource } from 'typeorm';
import { eventually } from './support/eventually.js';
import { FakeDevice } from './support/fake-device.js';
import { pushReleased } from './support/push-bundle.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from './support/test-control-plane.js';

const VERSION = { model: 'tiles', version: '1.0.0', variant: 'fp32', bundle: 'a'.repeat(64), sequence: 1 };

let place: TestPlace;
let database: DataSource;
/** Also those of a test that failed. */
const running = new Set<TestControlPlane>();

async function start(env: Record<string, string> = {}): Promise<TestControlPlane> {
  const plane = await startTestControlPlane(env, place);
  running.add(plane);
  return plane;
}

beforeEach(async () => {
  place = await makeTestPlace();
  database = await new DataSource({ type: 'postgres', url: place.databaseUrl }).initialize();
});
afterEach(async () => {
  await Promise.all([...running].map((plane) => plane.stop()));
  running.clear();
  await database.destroy();
  await place.discard();
});

const storedWindows = async (): Promise<string[]> =>
  (await database.query<{ id: string }[]>('SELECT id FROM windows')).map(({ id }) => id);

/** Sends windows; answers the ids of those that were acknowledged. */
async function send(device: FakeDevice, count: number, acknowledged: string[]): Promise<void> {
  const windows = Array.from({ length: count }, () => device.window(VERSION));
  await Promise.allSettled(
    windows.map((window) => device.send('telemetry', window).then(() => acknowledged.push(window.id))),
  );
}

describe('a clean stop', () => {
  it('stores what was acknowledged while the database held it up', async () => {
    const plane = await start();
    const device = await FakeDevice.enrol(plane, 'cam-1');
    await device.connect();
    const holder = database.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE windows IN ACCESS EXCLUSIVE MODE');
    const acknowledged: string[] = [];
    await send(device, 300, acknowledged);
    expect(acknowledged).toHaveLength(300);
    const stopped = plane.stop();
    await holder.rollbackTransaction();
    await holder.release();
    await stopped;
    expect((await storedWindows()).sort()).toEqual(acknowledged.sort());
  });

  it('lets an upload finish, ends streams of events, and takes no more requests', async () => {
    const plane = await start();
    await pushReleased(plane);
    await FakeDevice.enrol(plane, 'cam-1');
    const { body: rollout } = await plane.call<{ id: string }>('POST', '/v1/rollouts', {
      model: 'tiny',
      version: '1.0.0',
      stages: '100%',
      watchSeconds: 60,
    });
    const headers = { authorization: `Bearer ${plane.token}` };
    const stream = await fetch(`${plane.url}/v1/rollouts/${rollout.id}/events`, { headers });
    expect(stream.status).toBe(200);
    const streamEnded = stream.text().catch(() => 'cut');

    const bytes = randomBytes(100_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const upload = request(`${plane.url}/v1/artifacts/${sha256}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/octet-stream', 'content-length': bytes.length },
    });
    upload.write(bytes.subarray(0, 50_000));
    await eventually('the upload has begun', () => upload.socket?.connecting === false && upload.headersSent);
    await plane.call('GET', '/v1/models');

    const stopped = plane.stop();
    await streamEnded;
    expect(await plane.call('GET', '/v1/models')).toMatchObject({
      status: 503,
      body: { code: 'unavailable', detail: 'The control plane is stopping.' },
    });
    upload.end(bytes.subarray(50_000));
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(201);
    answer.resume();
    await stopped;
    expect(await database.query('SELECT sha256 FROM artifacts WHERE sha256 = $1', [sha256])).toHaveLength(1);
  });
});

describe("a stop with an operator's broker", () => {
  let broker: Aedes;
  let server: Server;
  let env: Record<string, string>;
  beforeEach(async () => {
    broker = await Aedes.createBroker();
    server = createServer((socket) => broker.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    env = { MQTT_URL: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  afterEach(async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  });

  it('leaves untaken messages in the broker for the next start', async () => {
    const first = await start(env);
    const device = await FakeDevice.enrol(first, 'cam-1');
    await device.connect();
    const acknowledged: string[] = [];
    const flood = send(device, 2000, acknowledged);
    await eventually('the flood has begun', () => acknowledged.length > 100);
    await first.stop();
    await flood;
    expect(acknowledged).toHaveLength(2000);
    const second = await start(env);
    await eventually('all of it is stored', async () => (await storedWindows()).length === 2000);
    await device.stop();
    await second.stop();
  });
});
