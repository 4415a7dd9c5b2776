import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeploymentState, DeviceView, Manifest, RolloutView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice, runningVersion } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds, rolloutOf, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
const devices: FakeDevice[] = [];

beforeAll(async () => {
  plane = await startTestControlPlane();
  await pushReleased(plane);
  await pushReleased(plane, { version: '2.0.0' });
});
afterAll(async () => {
  for (const device of devices) await device.stop();
  await plane.discard();
});

const start = async (line: string, changes: object = {}): Promise<string> => {
  const { status, body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
    ...{
      model: 'tiny',
      version: '1.0.0',
      where: `line=${line}`,
      stages: '100%',
      watchSeconds: 0,
      ...changes,
    },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
};
const retire = async (id: string): Promise<void> => {
  expect(await plane.call('POST', `/v1/devices/${id}/retire`, { why: 'stolen' })).toMatchObject({
    status: 200,
  });
};
const agent = async (id: string, line: string): Promise<FakeDevice> => {
  const device = await connectAgent(plane, id, { labels: { line } });
  devices.push(device);
  return device;
};
/** Gets as far as `state`, and no further. */
const stuckAt = async (id: string, line: string, state: DeploymentState): Promise<FakeDevice> => {
  const device = await FakeDevice.enrol(plane, id, { line });
  devices.push(device);
  device.behave = async (manifest: Manifest) => {
    const version = runningVersion(manifest);
    if (state === 'active') device.slots = { ...device.slots, current: version };
    await device.progress(version, state);
  };
  await device.connect();
  return device;
};
const progressOf = async (id: string, state: string): Promise<number> =>
  (await rolloutOf(plane, id)).progress[state] ?? 0;

describe('a device that is retired during a rollout', () => {
  it.each<DeploymentState>(['downloading', 'staged', 'self-tested', 'shadowing', 'active'])(
    'while it is %s: the others get there without it',
    async (state) => {
      await agent(`${state}-good`, state);
      await stuckAt(`${state}-lost`, state, state);
      const id = await start(state);
      await eventually('both to be as far as they get', async () => {
        return (await progressOf(id, 'committed')) === 1 && (await progressOf(id, state)) === 1;
      });
      await retire(`${state}-lost`);
      const ended = await rolloutEnds(plane, id);
      expect(ended).toMatchObject({ state: 'succeeded', progress: { committed: 1 } });
    },
  );

  it('while the others are sent back: its silence does not hold them up', async () => {
    const lost = await agent('back-lost', 'back');
    await agent('back-good', 'back');
    expect((await rolloutEnds(plane, await start('back'))).state).toBe('succeeded');
    const id = await start('back', { version: '2.0.0', watchSeconds: 3600 });
    await eventually('both to run it', async () => (await progressOf(id, 'committed')) === 2);
    lost.behave = () => Promise.resolve();
    await plane.call('POST', `/v1/rollouts/${id}/abort`, { rollback: true });
    const good = async (): Promise<DeviceView> =>
      (await plane.call<DeviceView>('GET', '/v1/devices/back-good')).body;
    await eventually('the good one to be back', async () => (await good()).current?.version === '1.0.0');
    expect((await rolloutOf(plane, id)).endedAt).toBeNull();
    await retire('back-lost');
    expect((await rolloutEnds(plane, id)).state).toBe('aborted');
  });

  it.each(['paused', 'awaiting-approval'] as const)(
    'while the rollout is %s: it goes on to the others when it is let go on',
    async (state) => {
      for (const id of ['a', 'b', 'c']) await agent(`${state}-${id}`, state);
      const approve = state === 'paused' ? 'auto' : 'manual';
      const watchSeconds = state === 'paused' ? 3600 : 0;
      const id = await start(state, { stages: '1,100%', approve, watchSeconds });
      if (state === 'paused') {
        await eventually('the first to run it', async () => (await progressOf(id, 'committed')) === 1);
        await plane.call('POST', `/v1/rollouts/${id}/pause`);
      }
      await rolloutReaches(plane, id, state);
      const { body } = await plane.call<{ items: { device: string }[] }>('GET', `/v1/rollouts/${id}/members`);
      const [first, second, left] = body.items.map(({ device }) => device);
      await retire(first ?? '');
      await retire(second ?? '');
      await plane.call('POST', `/v1/rollouts/${id}/${state === 'paused' ? 'resume' : 'approve'}`);
      if (state === 'paused') {
        // Nobody is left in its stage to be watched: a person has to decide.
        const asked = await eventually('a person to be asked', async () => {
          const view = await rolloutOf(plane, id);
          return view.state === 'paused' && view.reason.includes('every device of this stage') && view;
        });
        expect(asked.endedAt).toBeNull();
        await plane.call('POST', `/v1/rollouts/${id}/approve`);
      }
      await eventually('the one that is left to run it', async () => {
        const device = await plane.call<DeviceView>('GET', `/v1/devices/${left}`);
        return device.body.current?.version === '1.0.0' && device.body.deployment?.state === 'committed';
      });
      await plane.call('POST', `/v1/rollouts/${id}/abort`);
      expect((await rolloutEnds(plane, id)).progress).toMatchObject({ retired: 1 });
    },
  );
});
