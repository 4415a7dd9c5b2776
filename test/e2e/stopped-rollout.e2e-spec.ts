import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from './support/device.js';
import { Link } from './support/link.js';
import { Scene } from './support/scene.js';
import { until } from './support/until.js';

const LONG_SHADOW = { shadow: { minFrames: 1_000_000 } };

describe('a rollout that an operator stops', () => {
  let scene: Scene;
  let link: Link;
  /** `behind` reaches its broker over a line that can be held up; `away` is switched off at times. */
  let [near, behind, away] = [] as unknown as [Device, Device, Device];

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.start();
    link = await Link.to(scene.controlPlane.mqttUrl);
    near = await scene.enrolled('camera-near');
    behind = await scene.enrolled('camera-behind', { mqttUrl: link.url });
    away = await scene.enrolled('camera-away');
    await Promise.all([near, behind, away].map((device) => scene.online(device)));
    await scene.bring([near, behind, away], '1.0.0');
  });
  afterAll(async () => {
    await scene.close();
    await link.close();
  });

  const isIn = (id: string, device: Device, state: string): Promise<true> =>
    until(
      `${device.id} is ${state}`,
      async () =>
        (await scene.api.members(id)).some((one) => one.device === device.id && one.state === state),
      { context: () => scene.logs() },
    );
  const answersMore = async (device: Device, frames: number): Promise<void> => {
    const { answered } = (await device.status()).frames;
    await device.until(`${frames} more answers`, (now) => now.frames.answered >= answered + frames);
  };

  it('by an abort is activated by nobody who had not, downloading, shadowing or switched off', async () => {
    expect(await away.stop()).toBe(0);
    await scene.sees(away, false);
    link.holdAfter(20_000);
    const id = await scene.rollOut([near, behind, away], { version: '2.0.0', policy: LONG_SHADOW });
    await isIn(id, near, 'shadowing');
    await until('the line is held', () => link.isHolding, { context: () => scene.logs() });

    const told = await scene.hamon('rollout', 'abort', id);
    expect(told.stdout).toMatch(/2 told to keep or return to what they ran/);
    expect(told.stdout).toMatch(/1 offline, keeps or returns to what it ran/);
    link.release();
    const end = await scene.ended(id);
    expect(end).toMatchObject({ state: 'aborted', reason: 'aborted by bootstrap' });
    await away.start();
    for (const device of [near, behind, away]) {
      await device.runs('1.0.0');
      expect((await device.status()).slots.candidate).toBeNull();
      await answersMore(device, 60);
      expect(
        (await device.results()).some(
          ({ result }) => result?.source === 'edge' && result.version === '2.0.0',
        ),
      ).toBe(false);
    }
    await scene.rollout(id, 'everybody is back', ({ memberStatuses }) => memberStatuses?.returned === 3);
  });

  it('by a pause switches nobody until it is resumed, whatever the device goes through', async () => {
    link.holdAfter(20_000);
    const id = await scene.rollOut([behind], { version: '2.0.0' });
    await until('the line is held', () => link.isHolding, { context: () => scene.logs() });
    const told = await scene.hamon('rollout', 'pause', id);
    expect(told.stdout).toMatch(/1 held: ready, or getting ready, and not switching/);
    link.release();
    await isIn(id, behind, 'shadowing');
    // Many times of what its shadow run needs.
    await answersMore(behind, 200);
    await behind.kill();
    await scene.online(behind);
    await answersMore(behind, 200);
    const { slots } = await behind.status();
    expect([slots.current?.version, slots.candidate?.version]).toEqual(['1.0.0', '2.0.0']);
    expect((await scene.hamon('rollout', 'show', id)).stdout).toContain(
      'is held until the rollout is resumed',
    );

    await scene.hamon('rollout', 'resume', id);
    expect(await scene.ended(id)).toMatchObject({ state: 'succeeded', memberStatuses: { running: 1 } });
    await behind.runs('2.0.0');
  });
});
