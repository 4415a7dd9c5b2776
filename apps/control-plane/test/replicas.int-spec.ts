import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutView } from '@hamon/contracts';
import { generateSigningKey } from '@hamon/trust';
import { Aedes } from 'aedes';
import { behaveLikeAnAgent } from './support/device-behaviour.js';
import { eventually } from './support/eventually.js';
import { FakeDevice } from './support/fake-device.js';
import { pushReleased } from './support/push-bundle.js';
import { rolloutReaches } from './support/rollouts.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from './support/test-control-plane.js';

describe('two control planes on one database and one broker', () => {
  let shared: string;
  let place: TestPlace;
  let env: Record<string, string>;
  let broker: Aedes;
  let server: Server;
  const running = new Set<TestControlPlane>();
  let device: FakeDevice | undefined;

  const startReplica = async (name: string): Promise<TestControlPlane> => {
    const plane = await startTestControlPlane(env, { ...place, dataDir: join(shared, name) });
    running.add(plane);
    return plane;
  };
  const stop = async (plane: TestControlPlane): Promise<void> => {
    running.delete(plane);
    await plane.stop();
  };

  beforeAll(async () => {
    place = await makeTestPlace();
    shared = await mkdtemp(join(tmpdir(), 'hamon-replicas-'));
    await writeFile(join(shared, 'manifest.jwk'), JSON.stringify(await generateSigningKey()), {
      mode: 0o600,
    });
    broker = await Aedes.createBroker();
    server = createServer((socket) => broker.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    env = {
      MQTT_URL: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
      HAMON_MANIFEST_KEY_FILE: join(shared, 'manifest.jwk'),
      HAMON_ARTIFACTS: join(shared, 'artifacts'),
      HAMON_ADMIN_TOKEN: 'a-token-for-both-replicas',
    };
  });
  afterAll(async () => {
    await device?.stop();
    for (const plane of running) await plane.stop();
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
    await place.discard();
    await rm(shared, { recursive: true, force: true });
  });

  it('sign what a device of either accepts, and deliver what was pushed to the other', async () => {
    const [first, second] = [await startReplica('first'), await startReplica('second')];
    device = await FakeDevice.enrol(first, 'cam-1');
    const other = await FakeDevice.enrol(second, 'cam-2');
    expect(other.identity.manifestKey).toEqual(device.identity.manifestKey);
    behaveLikeAnAgent(device);
    await device.connect();
    const rollOut = async (plane: TestControlPlane, version: string): Promise<void> => {
      const wanted = { model: 'tiny', version, where: 'online', stages: '100%', watchSeconds: 0 };
      const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', wanted);
      await rolloutReaches(plane, body.id, 'succeeded');
    };
    await eventually('the device online', async () => {
      const { body } = await first.call<{ online: boolean }>('GET', '/v1/devices/cam-1');
      return body.online;
    });

    // Each version is pushed to one replica; only the other one signs, builds and publishes it.
    await pushReleased(first, { version: '1.0.0' });
    await stop(first);
    await rollOut(second, '1.0.0');
    await pushReleased(second, { version: '2.0.0' });
    const again = await startReplica('first');
    await stop(second);
    await rollOut(again, '2.0.0');
    expect(device.manifests.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0']);
    expect(device.slots.current?.version).toBe('2.0.0');
  });

  it.each([
    ['is missing', undefined, /^HAMON_MANIFEST_KEY_FILE names no file/],
    ['is no key', '{"kty":"RSA"}', /^HAMON_MANIFEST_KEY_FILE cannot be used/],
  ])('do not start where the shared key %s', async (_, content, sentence) => {
    const path = join(shared, 'other.jwk');
    if (content !== undefined) await writeFile(path, content);
    const dataDir = join(shared, 'third');
    await expect(
      startTestControlPlane({ ...env, HAMON_MANIFEST_KEY_FILE: path }, { ...place, dataDir }),
    ).rejects.toThrow(sentence);
  });
});
