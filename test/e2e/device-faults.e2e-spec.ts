import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLongRun } from '@hamon/testing';
import type { Device } from './support/device.js';
import { Link } from './support/link.js';
import { isAlive } from './support/processes.js';
import { MODEL } from './support/root.js';
import { Scene } from './support/scene.js';
import { slowDown } from './support/slow-down.js';
import { until } from './support/until.js';

const LONG_SHADOW = { shadow: { minFrames: 1_000_000 } };

describe('devices that fail in the middle of a rollout', () => {
  let scene: Scene;
  let link: Link;
  /** `behind` reaches its broker over a line that can be held up. */
  let [near, behind] = [] as unknown as [Device, Device];

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.start();
    link = await Link.to(scene.controlPlane.mqttUrl);
    near = await scene.enrolled('camera-near');
    behind = await scene.enrolled('camera-behind', { mqttUrl: link.url });
    await Promise.all([near, behind].map((device) => scene.online(device)));
  });
  afterAll(async () => {
    await scene.close();
    await link.close();
  });

  /** The first device of a stage is the platform's choice. */
  const deviceIn = (state: string, rollout: string): Promise<Device> =>
    until(
      `a device is ${state}`,
      async () => {
        const member = (await scene.api.members(rollout)).find((one) => one.state === state);
        return scene.devices.find(({ id }) => id === member?.device);
      },
      { context: () => scene.logs() },
    );

  const candidateOf = async (device: Device): Promise<number> => {
    const { workers } = await device.until(
      'a candidate is loaded',
      ({ workers: { candidate } }) => candidate !== null,
    );
    return workers.candidate ?? 0;
  };

  /** Stopped at the first device, whose reason the rollout tells; both devices run what they ran. */
  async function expectStopped(id: string, failed: Device, code: string): Promise<void> {
    const rollout = await scene.ended(id);
    expect(rollout).toMatchObject({ state: 'rolled-back', devicesTouched: 1, stage: 0 });
    expect(rollout.stages.map(({ state }) => state)).toEqual(['failed', 'pending']);
    expect(rollout.reason).toContain(code);
    const members = await scene.api.members(id);
    expect(members.find(({ device }) => device === failed.id)).toMatchObject({
      state: 'refused',
      reason: { code },
    });
    for (const device of [near, behind]) {
      await device.runs('1.0.0');
      await device.answersOn();
      await device.settledFrames();
    }
  }

  inLongRun(it)('refuses a version that the device is too slow for, and goes no further', async () => {
    await scene.bring([near, behind], '1.0.0');
    const id = await scene.rollOut([near, behind], {
      version: '2.0.0',
      stages: '1,100%',
      policy: { selfTest: { runs: 200 }, shadow: { minFrames: 100 } },
    });
    const first = await until('a device loads it', async () => {
      for (const device of scene.devices)
        if ((await device.status()).workers.candidate !== null) return device;
      return undefined;
    });
    void slowDown(await candidateOf(first));
    await expectStopped(id, first, 'latency-budget');
  });

  it('refuses a version whose process dies in shadow, and goes no further', async () => {
    await scene.bring([near, behind], '1.0.0');
    const id = await scene.rollOut([near, behind], {
      version: '2.0.0',
      stages: '1,100%',
      policy: LONG_SHADOW,
    });
    const first = await deviceIn('shadowing', id);
    const { workers } = await first.status();
    process.kill(await candidateOf(first), 'SIGKILL');
    await expectStopped(id, first, 'worker-crashed');
    // The version that answers has not noticed.
    expect((await first.status()).workers.current).toBe(workers.current);
  });

  it('starts the process of the version that answers again, and asks the cloud meanwhile', async () => {
    await scene.bring([near], '1.0.0');
    // Loaded before it is needed: a first answer would come too late for the device's deadline.
    await until('the cloud answers', async () => {
      const { frames } = await near.status();
      return (frames.fallbacks['low-confidence'] ?? 0) > 0;
    });
    const before = await near.status();
    process.kill(before.workers.current ?? 0, 'SIGKILL');
    const after = await near.until(
      'another process answers',
      ({ workers: { current }, frames }) =>
        current !== null && current !== before.workers.current && (frames.fallbacks['worker-down'] ?? 0) > 0,
    );
    expect(after.slots.current).toEqual(before.slots.current);
    await near.answersOn();
    const { accepted, rejected } = await near.settledFrames();
    await near.stop();
    const results = await near.results();
    // A line for each frame, the answered and the failed ones, and the cloud's among them.
    expect(results.length).toBeGreaterThanOrEqual(accepted + rejected);
    expect(results.some(({ result }) => result?.source === 'cloud' && result.version === '2.0.0')).toBe(true);
    await scene.online(near);
    await near.runs('1.0.0');
  });

  it('brings the version to a device that was off when the rollout started', async () => {
    await scene.bring([near, behind], '1.0.0');
    expect(await near.stop()).toBe(0);
    await scene.sees(near, false);
    const rollout = await scene.ended(await scene.rollOut([near, behind], { version: '2.0.0' }));
    expect(rollout).toMatchObject({ state: 'succeeded', devicesTouched: 2 });
    expect((await scene.api.device(near.id)).current?.version).toBe('1.0.0');

    await near.start();
    await near.runs('2.0.0');
    await near.settledFrames();
    expect(await scene.api.rollout(rollout.id)).toMatchObject({ state: 'succeeded' });
  });

  it('goes on after kill -9 of the agent while it downloads, tests, shadows and is on probation', async () => {
    const device = await scene.enrolled('camera-killed', { mqttUrl: link.url });
    await scene.online(device);
    await scene.bring([device], '1.0.0');
    const orphans: number[] = [];
    const killIn = async (state: string): Promise<void> => {
      await until(`${state} on disk`, async () => (await device.deployment())?.state === state, {
        everyMs: 5,
        context: () => scene.logs(),
      });
      const { workers } = await device.status();
      await device.kill();
      expect((await device.deployment())?.state).toBe(state);
      orphans.push(...Object.values(workers).filter((pid) => pid !== null));
    };

    const versions = await scene.api.versions(MODEL);
    const second = versions.find(({ version }) => version === '2.0.0')?.variants[0];
    link.holdAfter(20_000);
    const id = await scene.rollOut([device], {
      version: '2.0.0',
      policy: { selfTest: { runs: 1500 }, probation: { seconds: 4, minFrames: 10 } },
    });
    await until('the line is held', () => link.isHolding, { context: () => scene.logs() });
    await killIn('downloading');
    expect((await readdir(join(device.stateFolder, 'chunks'), { recursive: true })).length).toBeGreaterThan(
      0,
    );
    await scene.sees(device, false);
    link.release();

    await device.start();
    await killIn('staged');
    // What it had was not fetched again: the golden images are those of the version before.
    expect(link.passedBytes).toBeLessThan(second?.lengthBytes ?? 0);
    await device.start();
    await killIn('shadowing');
    await device.start();
    await killIn('active');
    await device.start();
    await until(
      'the death on probation counts',
      async () => {
        const deployment = await device.deployment();
        return deployment?.state === 'active' && deployment.attempts === 1;
      },
      { everyMs: 10, context: () => scene.logs() },
    );

    expect(await scene.ended(id)).toMatchObject({ state: 'succeeded', devicesTouched: 1 });
    await device.runs('2.0.0');
    expect(await device.deployment()).toMatchObject({ state: 'committed', attempts: 0 });
    await device.settledFrames();
    await until('no process outlived its agent', () => !orphans.some(isAlive));
    for (const { program } of scene.devices) expect(program.output).not.toContain('Warning:');
    // Nobody else was disturbed.
    await near.answersOn();
    await near.settledFrames();
  });
});
