import { chmod } from 'node:fs/promises';
import { Mosquitto } from '@hamon/testing';
import { eventually } from './eventually.js';
import { FakeDevice } from './fake-device.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from './test-control-plane.js';

export interface MosquittoPlace extends TestPlace {
  readonly broker: Mosquitto;
  readonly env: Readonly<Record<'MQTT_URL' | 'HAMON_PUBLIC_MQTT_URL', string>>;
  /** Connected to the broker when this settles. */
  start(env?: Readonly<Record<string, string>>, dataDir?: string): Promise<TestControlPlane>;
  /** A new device, connected once the broker knows it; `prepare` comes before. */
  connect(plane: TestControlPlane, id: string, prepare?: (device: FakeDevice) => void): Promise<FakeDevice>;
}

/** A place with a Mosquitto that reads the files of its control plane, and lets replicas in. */
export async function makeMosquittoPlace(): Promise<MosquittoPlace> {
  const place = await makeTestPlace();
  // Mosquitto runs as another user.
  await chmod(place.dataDir, 0o711);
  const broker = await Mosquitto.withFilesOfReplica(place.dataDir);
  const env = {
    MQTT_URL: `mqtt://control:s3cret@127.0.0.1:${broker.controlPlanePort}`,
    HAMON_PUBLIC_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
  };
  let isRunning = false;
  return {
    ...{ ...place, broker, env },
    start: async (more = {}, dataDir = place.dataDir) => {
      const plane = await startTestControlPlane({ ...env, ...more }, { ...place, dataDir });
      // The files must be there before the broker starts: the control plane writes them at its own start.
      if (!isRunning) await broker.start();
      isRunning = true;
      await isReady(plane);
      return plane;
    },
    connect: async (plane, id, prepare) => {
      const device = await FakeDevice.enrol(plane, id);
      prepare?.(device);
      // The broker reads its files when it is told to, as the documentation asks the operator to arrange.
      broker.reload();
      await eventually(`${id} to be let in`, () =>
        device.connect().then(
          () => true,
          () => false,
        ),
      );
      return device;
    },
    discard: async () => {
      await broker.discard();
      await place.discard();
    },
  };
}

export const isReady = (plane: TestControlPlane): Promise<boolean> =>
  eventually(
    'the control plane to be ready',
    async () => (await plane.call('GET', '/readyz')).status === 200,
  );
