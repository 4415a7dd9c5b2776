import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANIFEST_ORDERS, type DeviceView, type RolloutView } from '@hamon/contracts';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice, runningVersion } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;

async function device(id: string): Promise<FakeDevice> {
  const made = await FakeDevice.enrol(plane, id);
  made.orders = [...MANIFEST_ORDERS];
  behaveLikeAnAgent(made);
  return made;
}

describe('a model that is taken from a device', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
  });
  afterAll(() => plane.discard());

  it('is not activated by a device that was offline and on its way to it', async () => {
    const [near, far] = [await device('cam-near'), await device('cam-far')];
    await near.connect();
    const { body: rollout } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      ...{ model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 0 },
      where: 'id in (cam-near,cam-far)',
    });
    expect((await rolloutEnds(plane, rollout.id)).state).toBe('succeeded');
    far.behave = (manifest) => far.progress(runningVersion(manifest), 'shadowing');
    await far.connect();
    await eventually('it to be on its way', async () => {
      const { body } = await plane.call<DeviceView>('GET', '/v1/devices/cam-far');
      return body.deployment?.state === 'shadowing';
    });
    const { sequence } = far.highest ?? { sequence: 0 };
    await far.stop();
    const wanted = { model: 'tiny', why: 'moved' };
    const answer = await plane.call<DeviceView>('POST', '/v1/devices/cam-far/unassign', wanted);
    expect(answer).toMatchObject({ status: 200, body: { desired: null } });
    await far.connect();
    await eventually('it to hear of that', () => (far.highest?.sequence ?? 0) > sequence);
    expect(far.manifests.at(-1)).toMatchObject({ version: '1.0.0', order: 'withdraw' });
    await Promise.all([near.stop(), far.stop()]);
  });
});
