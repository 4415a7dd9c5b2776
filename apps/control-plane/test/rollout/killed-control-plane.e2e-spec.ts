import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RolloutView } from '@hamon/contracts';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { makeTestPlace, type Answer, type TestPlace } from '../support/test-control-plane.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  readonly mqttUrl: string;
  readonly token: string;
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
}

/** The built control plane as a process of its own. */
async function start(place: TestPlace): Promise<Running> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      HAMON_DATA: place.dataDir,
      HAMON_HTTP_PORT: '0',
      HAMON_MQTT_PORT: '0',
      HAMON_ADMIN_TOKEN: 'killed-control-plane-test-token-0123456789',
      DATABASE_URL: place.databaseUrl,
    },
  });
  const server = await eventually('the control plane to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`the control plane ended with ${child.exitCode}`);
    const text = await readFile(join(place.dataDir, 'server.json'), 'utf8').catch(() => '');
    const told =
      text === '' ? undefined : (JSON.parse(text) as { pid: number; httpUrl: string; mqttUrl: string });
    return told?.pid === child.pid && told;
  });
  const token = 'killed-control-plane-test-token-0123456789';
  const { httpUrl: url, mqttUrl } = server;
  return {
    process: child,
    ...{ url, mqttUrl, token },
    call: async <T>(method: string, path: string, body?: unknown) => {
      const answer = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as T };
    },
  };
}

async function end({ process: child }: Running, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await over;
}

describe('a control plane that is killed in the middle of a rollout', () => {
  let place: TestPlace;
  let plane: Running;
  const devices: FakeDevice[] = [];

  beforeAll(async () => {
    place = await makeTestPlace();
    plane = await start(place);
    await pushReleased(plane);
    for (let i = 0; i < 4; i++) {
      const device = await FakeDevice.enrol(plane, `cam-${i}`);
      behaveLikeAnAgent(device);
      await device.connect();
      devices.push(device);
    }
  });
  afterAll(async () => {
    for (const device of devices) await device.stop();
    await end(plane, 'SIGTERM');
    await place.discard();
  });

  it.each([1, 2, 3])('goes on where it was, kill %i', async (round) => {
    const version = `${round}.1.0`;
    await pushReleased(plane, { version });
    const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      model: 'tiny',
      version,
      stages: '1,2,100%',
      watchSeconds: 1,
    });
    // In another stage each time: before the first device, between the stages, in the last one.
    await eventually(`stage ${round}`, async () => {
      const view = (await plane.call<RolloutView>('GET', `/v1/rollouts/${body.id}`)).body;
      return view.stage >= round - 1;
    });
    await end(plane, 'SIGKILL');
    for (const device of devices) await device.stop();
    plane = await start(place);
    for (const device of devices) await device.connect(plane.mqttUrl);
    const view = await eventually(
      'success',
      async () => {
        const seen = (await plane.call<RolloutView>('GET', `/v1/rollouts/${body.id}`)).body;
        return seen.endedAt !== null && seen;
      },
      { ms: 60_000 },
    );
    expect([view.state, view.reason, view.progress]).toEqual(['succeeded', '', { committed: 4 }]);
    for (const device of devices) {
      const sequences = device.manifests.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      expect(device.slots.current?.version).toBe(version);
    }
  });
});
