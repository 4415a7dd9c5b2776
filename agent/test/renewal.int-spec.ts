import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';
import { FLEET } from './support/test-fleet.js';
import { until } from './support/until.js';

describe('a server that lost its key', () => {
  let scene: Scene;
  // A server of its own each: sequences begin at 1.
  beforeEach(async () => {
    scene = await Scene.open();
  });
  afterEach(async () => {
    await scene.killAgents();
    await scene.close();
  });

  it.each([
    ['lower than the last one', 2],
    ['the same as the last one', 1],
  ])('is pinned anew by a device that keeps what it runs; its sequence is %s', async (_, told) => {
    const { fleet } = scene;
    const v1 = await scene.bundle('1.0.0');
    const { id, agent } = await scene.running(v1);
    if (told > 1) await scene.reached(await fleet.desire(id, v1), 'committed', agent);
    await fleet.loseKey();
    const v2 = await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.1, 0) });
    await fleet.desire(id, v2);
    await until('it refuses the new key', () => fleet.rejectionOf(id) === 'manifest-bad-signature');

    const renew = (...more: string[]) =>
      AgentProcess.call(
        ...['enrol', '--renew', '--server', fleet.serverUrl, '--state', agent.stateFolder],
        ...more,
      );
    const pinned = () => agent.identity().then(({ manifestKey }) => manifestKey);
    const before = await pinned();
    expect(await renew('--token', 'spent')).toMatchObject({ code: 1 });
    expect(await renew('--token', 'good', '--name', 'other')).toMatchObject({ code: 1 });
    expect(await pinned()).toEqual(before);
    const renewed = await renew('--token', 'good');
    expect(renewed).toMatchObject({ code: 0 });
    expect(renewed.stdout).toContain(`device ${id} of fleet ${FLEET} enrolled anew`);
    expect(await pinned()).not.toEqual(before);

    await agent.stop();
    await agent.start();
    await until('it runs what the new key signed', async () => (await scene.current(id)) === '2.0.0');
    expect(fleet.lastReport(id)?.slots.previous).toMatchObject({ version: '1.0.0' });
  });
});
