import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedBundle } from './support/bundles.js';
import type { Device } from './support/device.js';
import { databasePid, isAlive } from './support/processes.js';
import { Scene } from './support/scene.js';
import { until } from './support/until.js';

/** With its owner and modes, which PostgreSQL insists on. */
const copy = (from: string, to: string): Promise<unknown> => promisify(execFile)('cp', ['-a', from, to]);

describe('a control plane that is killed, or older than its fleet', () => {
  let scene: Scene;
  let devices: Device[];
  /** Dies with the control plane, so that no broker is there to tell. */
  let lost: Device;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.start();
    await scene.release('3.0.0', await changedBundle(join(scene.folder, '3.0.0'), '3.0.0'));
    devices = await Promise.all(['camera-a', 'camera-b', 'camera-c'].map((id) => scene.enrolled(id)));
    lost = await scene.enrolled('camera-lost');
    await Promise.all([lost, ...devices].map((device) => scene.online(device)));
    await Promise.all([scene.controlPlane.kill(), lost.kill()]);
    await scene.controlPlane.start();
    await Promise.all(devices.map((device) => device.until('it is back', ({ connected }) => connected)));
  });
  afterAll(() => scene.close());

  /** Killed, and started again on the same folder, while the fleet goes on by itself. */
  async function dieAndReturn(): Promise<void> {
    const { controlPlane } = scene;
    const database = await databasePid(controlPlane.dataDir);
    await controlPlane.kill();
    expect(database !== undefined && isAlive(database)).toBe(true);
    await Promise.all(devices.map((device) => device.until('it knows', ({ connected }) => !connected)));
    await Promise.all(devices.map((device) => device.answersOn()));
    await controlPlane.start();
    expect(await databasePid(controlPlane.dataDir)).toBe(database);
  }

  it('resumes a rollout in which it was killed twice', async () => {
    await scene.bring(devices, '1.0.0');
    const before = await Promise.all(devices.map((device) => device.status()));

    const id = await scene.rollOut(devices, { version: '2.0.0', stages: '1,100%' });
    await until('a device shadows', async () =>
      (await scene.api.members(id)).some(({ state }) => state === 'shadowing'),
    );
    await dieAndReturn();
    await scene.rollout(id, 'stage 2 is under way', ({ stages }) => stages[1]?.state === 'deploying');
    await dieAndReturn();

    const rollout = await scene.ended(id);
    expect(rollout).toMatchObject({ state: 'succeeded', devicesTouched: 3 });
    expect(rollout.stages.map(({ devices: count, state }) => [count, state])).toEqual([
      [1, 'passed'],
      [3, 'passed'],
    ]);
    const after = await Promise.all(devices.map((device) => device.runs('2.0.0')));
    // Each device was told once: what had been decided before a kill was not decided again after it.
    expect(after.map(({ highestSequence }) => highestSequence)).toEqual(
      before.map(({ highestSequence }) => (highestSequence ?? 0) + 1),
    );
    await Promise.all(devices.map((device) => device.settledFrames()));
  });

  it('continues above its fleet when its database is an older copy', async () => {
    const { controlPlane, folder } = scene;
    await scene.bring(devices, '2.0.0');
    const data = join(controlPlane.dataDir, 'postgres/data');
    await controlPlane.stop();
    await copy(data, join(folder, 'copy'));
    await controlPlane.start();
    await scene.bring(devices, '3.0.0');
    const ahead = await Promise.all(devices.map((device) => device.runs('3.0.0')));

    await controlPlane.stop();
    await rm(data, { recursive: true });
    await copy(join(folder, 'copy'), data);
    await controlPlane.start();
    await Promise.all(devices.map((device) => scene.sees(device, true)));
    // The older copy wants 2.0.0; what the devices prove counts, under numbers above all that they have accepted.
    for (const [i, device] of devices.entries()) {
      await until(
        `${device.id} has a manifest above the one that it held`,
        async () =>
          ((await device.runs('3.0.0')).highestSequence ?? 0) > (ahead[i]?.highestSequence ?? Infinity),
        { context: () => scene.logs() },
      );
    }

    const rollout = await scene.ended(await scene.rollOut(devices, { version: '2.0.0', stages: '1,100%' }));
    expect(rollout).toMatchObject({ state: 'succeeded', devicesTouched: 3 });
    await Promise.all(devices.map((device) => device.runs('2.0.0')));
    for (const { id } of devices) expect((await scene.api.device(id)).rejection).toBeNull();
  });

  it('notices that a device vanished while it was away', async () => {
    await until(`${lost.id} is offline`, async () => !(await scene.api.device(lost.id)).online, {
      timeoutMs: 150_000,
      context: () => scene.logs(),
    });
    for (const { id } of devices) expect((await scene.api.device(id)).online).toBe(true);
    const id = await scene.rollOut([lost], { version: '1.0.0' });
    expect(await scene.api.members(id)).toMatchObject([{ online: false }]);
    expect(await scene.hamon('rollout', 'abort', id)).toMatchObject({ code: 0 });
    await lost.start();
    await scene.sees(lost, true);
  });
});
