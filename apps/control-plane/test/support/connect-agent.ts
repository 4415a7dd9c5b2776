import type { DeviceFacts, DeviceLabels, ManifestOrder } from '@hamon/contracts';
import { behaveLikeAnAgent } from './device-behaviour.js';
import { FakeDevice } from './fake-device.js';
import type { CallablePlane } from './test-control-plane.js';

interface Agent {
  readonly labels?: DeviceLabels;
  readonly facts?: DeviceFacts;
  /** Versions that answer the same label always. */
  readonly broken?: readonly string[];
  /** Versions with labels of their own. */
  readonly relabelled?: readonly string[];
  /** Of the former release, which runs one model. */
  readonly former?: true;
  readonly orders?: readonly ManifestOrder[];
}

/** A new device, connected, that does with manifests what an agent does. */
export async function connectAgent(
  plane: CallablePlane,
  id: string,
  { labels = {}, facts, broken, relabelled, former, orders = [] }: Agent = {},
): Promise<FakeDevice> {
  const device = await FakeDevice.enrol(plane, id, labels, facts);
  device.isFormer = former === true;
  device.orders = orders;
  behaveLikeAnAgent(device, broken, relabelled);
  await device.connect();
  return device;
}
