import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutView } from '@hamon/contracts';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds, rolloutOf } from '../support/rollouts.js';
import { makeTestPlace, type TestPlace } from '../support/test-control-plane.js';

describe('a control plane that is killed in the middle of a rollout', () => {
  let place: TestPlace;
  let plane: ControlPlaneProcess;
  const devices: FakeDevice[] = [];

  beforeAll(async () => {
    place = await makeTestPlace();
    plane = await ControlPlaneProcess.start(place);
    await pushReleased(plane);
    for (let i = 0; i < 4; i++) devices.push(await connectAgent(plane, `cam-${i}`));
  });
  afterAll(async () => {
    for (const device of devices) await device.stop();
    await plane.end('SIGTERM');
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
      return (await rolloutOf(plane, body.id)).stage >= round - 1;
    });
    await plane.end('SIGKILL');
    for (const device of devices) await device.stop();
    plane = await ControlPlaneProcess.start(place);
    for (const device of devices) await device.connect(plane.mqttUrl);
    const view = await rolloutEnds(plane, body.id);
    expect([view.state, view.reason, view.progress]).toEqual(['succeeded', '', { committed: 4 }]);
    for (const device of devices) {
      const sequences = device.manifests.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      expect(device.slots.current?.version).toBe(version);
    }
  });
});
