import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceModelView, DeviceView, ModelView, VersionView } from '@hamon/contracts';
import { startDemoFleet } from '../../scripts/demo/src/demo-fleet.js';
import { DETECTOR } from '../../scripts/demo/src/example.js';
import type { DemoDevice } from '../../scripts/demo/src/fleet.js';
import { ControlPlane } from './support/control-plane.js';
import { MODEL, ROOT } from './support/root.js';

const BOTH = [`${DETECTOR}@1.0.0`, `${MODEL}@1.0.0`];
const runningOf = ({ model, current }: DeviceModelView): string[] =>
  current ? [`${model}@${current.version}`] : [];

describe('the demo fleet of "npm start"', () => {
  let folder: string;
  let controlPlane: ControlPlane;
  let fleet: readonly DemoDevice[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hamon-e2e-'));
    await chmod(folder, 0o755);
    controlPlane = new ControlPlane(join(folder, 'control-plane'));
    await controlPlane.start();
  });
  const stopFleet = async (): Promise<void> => {
    await Promise.all(fleet.map((device) => device.process.stop()));
    fleet = [];
  };
  afterEach(stopFleet);
  afterAll(async () => {
    await controlPlane.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** What each device runs, by the models' names. */
  const start = async (devices: number): Promise<Record<string, string[]>> => {
    const { httpUrl, api } = controlPlane;
    const server = { httpUrl, token: api.token };
    fleet = await startDemoFleet(ROOT, folder, server, devices, new AbortController().signal);
    const views = await api.devices();
    return Object.fromEntries(views.map(({ id, models }) => [id, models.flatMap(runningOf)]));
  };

  // Two starts, each with rollouts of two models.
  it('comes about where an earlier start was interrupted, and grows', async () => {
    const { api } = controlPlane;
    await api.call('POST', '/v1/models', ModelView, { name: MODEL, task: 'classification' });
    expect(await start(1)).toEqual({ 'camera-01': BOTH });
    for (const model of [MODEL, DETECTOR]) {
      expect((await api.versions(model)).map(({ version, state }) => `${version} ${state}`).sort()).toEqual([
        '1.0.0 released',
        '2.0.0 released',
      ]);
    }
    await stopFleet();
    expect(await start(2)).toEqual({ 'camera-01': BOTH, 'camera-02': BOTH });
  });

  it('starts again after a version and a device of it were retired', async () => {
    const { api } = controlPlane;
    await api.call('POST', `/v1/models/${MODEL}/versions/1.0.0/retire`, VersionView, { why: 'tried it' });
    await api.call('POST', '/v1/devices/camera-01/retire', DeviceView, { why: 'tried that too' });
    expect(await start(3)).toEqual({
      'camera-02': BOTH,
      'camera-03': [`${DETECTOR}@1.0.0`, `${MODEL}@2.0.0`],
    });
  });
});
