import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EnrolmentTokenView, RolloutView } from '@hamon/contracts';
import type { Device } from './support/device.js';
import { Scene } from './support/scene.js';

describe('the end of a device', () => {
  let scene: Scene;
  let lost: Device;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.start();
    lost = await scene.enrolled('camera-lost');
    await scene.online(lost);
    await scene.bring([lost], '1.0.0');
  });
  afterAll(() => scene.close());

  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await scene.hamon(...args);
    if (code !== 0) throw new Error(`hamon ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  it('that is retired while it runs is cut off, stays out, says why, and goes on with its frames', async () => {
    expect(await done('device', 'retire', lost.id, '--why', 'stolen from the line')).toContain(
      'stolen from the line',
    );
    const shut = await lost.until('it knows that it is shut out', ({ shutOut }) => shutOut !== null);
    expect(shut).toMatchObject({ connected: false, shutOut: expect.stringContaining('retired at') });
    await lost.answersOn();
    // Nor does a restart bring it back.
    await lost.kill();
    await lost.start();
    await lost.until('it is told so again', ({ shutOut, connected }) => shutOut !== null && !connected);
    expect(await scene.api.device(lost.id)).toMatchObject({
      online: false,
      retired: { why: 'stolen from the line' },
    });
    expect(await done('device', 'ls')).not.toContain(lost.id);
    expect(await done('device', 'ls', '--where', 'retired')).toContain(lost.id);
    expect(await done('audit', 'ls', '--subject', lost.id)).toContain('device.retire');
  });

  it('is no end of its id: new hardware takes it over and gets the model', async () => {
    const made = EnrolmentTokenView.parse(
      JSON.parse(await done('enrol-token', 'create', '--replace', lost.id, '--ttl', '10m', '--json')),
    );
    const fresh = await scene.hardwareFor(lost.id, made.token ?? '');
    await fresh.start();
    await fresh.runs('1.0.0');
    expect(await scene.api.device(lost.id)).toMatchObject({
      online: true,
      retired: null,
      labels: { name: lost.id },
      current: { version: '1.0.0' },
    });
    expect((await lost.status()).connected).toBe(false);
  });

  it('and that of a stolen token: revoked by the beginning of its id, it lets nobody in', async () => {
    const made = EnrolmentTokenView.parse(
      JSON.parse(await done('enrol-token', 'create', '--uses', '5', '--ttl', '1h', '--json')),
    );
    const inside = await scene.hardwareFor('camera-inside', made.token ?? '');
    // Whoever stole the device may hold the token that it came by.
    const { stderr } = await scene.hamon('device', 'retire', inside.id, '--why', 'stolen with its token');
    expect(stderr).toContain(`still lets 4 devices in`);
    expect(stderr).toContain(`hamon enrol-token revoke ${made.id}`);
    expect(await done('enrol-token', 'revoke', made.id.slice(0, 13))).toContain('is revoked');
    expect(await done('enrol-token', 'ls')).toMatch(new RegExp(`${made.id} +revoked`));
    await expect(scene.hardwareFor('thief', made.token ?? '')).rejects.toThrow(
      'The enrolment token was revoked',
    );
  });

  it('a rollout is named by the beginning of its id', async () => {
    const { items } = JSON.parse(await done('rollout', 'ls', '--json'));
    const { id } = RolloutView.parse(items[0]);
    expect(await done('rollout', 'show', id.slice(0, 8))).toContain(id);
    const none = await scene.hamon('rollout', 'show', 'ffffffff');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('begins with "ffffffff"') });
  });
});
