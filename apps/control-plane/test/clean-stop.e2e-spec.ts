import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { eventually } from './support/eventually.js';
import { FakeDevice } from './support/fake-device.js';
import { callJson, makeTestPlace, type CallablePlane, type TestPlace } from './support/test-control-plane.js';

const MAIN = join(dirname(fileURLToPath(import.meta.url)), '../dist/main.js');
const VERSION = { model: 'tiles', version: '1.0.0', variant: 'fp32', bundle: 'a'.repeat(64), sequence: 1 };
const DEVICES = 8;
const IN_FLIGHT = 50;

let place: TestPlace;
let child: ChildProcess;

beforeEach(async () => {
  place = await makeTestPlace();
  const env = { HAMON_DATA: place.dataDir, DATABASE_URL: place.databaseUrl };
  child = spawn(process.execPath, [MAIN], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', HAMON_HTTP_PORT: '0', HAMON_MQTT_PORT: '0', ...env },
  });
});
afterEach(async () => {
  child.kill('SIGKILL');
  await place.discard();
});

async function plane(): Promise<CallablePlane> {
  const file = async (name: string): Promise<string> =>
    readFile(join(place.dataDir, name), 'utf8').catch(() => '');
  await eventually('the control plane is up', async () => (await file('server.json')) !== '');
  const { httpUrl } = JSON.parse(await file('server.json')) as { httpUrl: string };
  const token = (await file('admin-token')).trim();
  return {
    ...{ url: httpUrl, token },
    call: (method, path, body, headers = {}) =>
      callJson(httpUrl + path, method, body, { authorization: `Bearer ${token}`, ...headers }),
  };
}

/** Sends windows without a pause until the connection ends; `acknowledged` gets each id once the broker acknowledges it. */
function flood(device: FakeDevice, acknowledged: string[]): void {
  const lane = async (): Promise<void> => {
    while (device.client.connected) {
      const window = device.window(VERSION);
      await device.send('telemetry', window);
      acknowledged.push(window.id);
    }
  };
  for (let i = 0; i < IN_FLIGHT; i += 1) void lane().catch(() => undefined);
}

describe('SIGTERM while telemetry flows', () => {
  it('loses nothing that was acknowledged to a device', async () => {
    const running = await plane();
    const devices: FakeDevice[] = [];
    for (let i = 0; i < DEVICES; i += 1) devices.push(await FakeDevice.enrol(running, `cam-${i}`));
    const acknowledged: string[] = [];
    for (const device of devices) {
      await device.connect();
      flood(device, acknowledged);
    }
    await eventually('the flood is under way', () => acknowledged.length > 500);
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);

    const database = await new DataSource({ type: 'postgres', url: place.databaseUrl }).initialize();
    try {
      const lost = await database.query<{ id: string }[]>(
        `SELECT a.id FROM unnest($1::uuid[]) AS a (id) WHERE NOT EXISTS (SELECT FROM windows w WHERE w.id = a.id)`,
        [acknowledged],
      );
      expect(lost).toEqual([]);
    } finally {
      await database.destroy();
    }
    await Promise.all(devices.map((device) => device.stop()));
  });
});
