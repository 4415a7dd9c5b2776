import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchmarkView, VersionView } from '@hamon/contracts';
import { changedBundle } from './support/bundles.js';
import type { Device } from './support/device.js';
import { MODEL } from './support/root.js';
import { Scene } from './support/scene.js';
import { until } from './support/until.js';

/** A version that is pushed and validated only is measured where it will run. */
describe('a benchmark on a real device', () => {
  let scene: Scene;
  let device: Device;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.start();
    device = await scene.enrolled('camera-a');
    await scene.online(device);
    await scene.bring([device], '1.0.0');
    const folder = await changedBundle(join(scene.folder, 'two'), '2.1.0', async (document, path) => {
      const [original] = document.variants;
      await copyFile(join(path, original!.file), join(path, 'model.copy.onnx'));
      document.variants.push({ name: 'copy', file: 'model.copy.onnx' });
    });
    const { code, stderr } = await scene.hamon('model', 'push', `${MODEL}@2.1.0`, '--bundle', folder);
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(() => scene?.close());

  it('measures every variant while frames are answered, and the figures stay with the version', async () => {
    const { code, stdout, stderr } = await scene.hamon(
      ...['device', 'benchmark', device.id, `${MODEL}@2.1.0`, '--wait', '--json'],
    );
    if (code !== 0) throw new Error(`${stderr}${stdout}${scene.logs()}`);
    const document = JSON.parse(stdout) as { schema: string };
    expect(document.schema).toBe('hamon.benchmark/1');
    const view = BenchmarkView.parse(document);
    expect(view).toMatchObject({ device: device.id, state: 'succeeded', reason: null });
    expect(view.results.map(({ variant }) => variant).sort()).toEqual(['copy', 'fp32']);
    for (const { figures } of view.results) {
      expect(figures).toMatchObject({ agreement: 1, oneThread: { threads: 1, runs: 500 } });
    }

    const version = await scene.api.call('GET', `/v1/models/${MODEL}/versions/2.1.0`, VersionView);
    expect(version.state).toBe('validated');
    expect(version.profiles?.map(({ variant, source }) => [variant, source])).toEqual([
      ['copy', 'device'],
      ['fp32', 'device'],
    ]);
    expect(new Set(version.profiles?.map(({ hardwareClass }) => hardwareClass))).toEqual(
      new Set([view.hardwareClass]),
    );
    expect((await scene.hamon('model', 'show', `${MODEL}@2.1.0`)).stdout).toMatch(/HARDWARE CLASS[^]*copy/);
    expect((await scene.hamon('device', 'show', device.id)).stdout).toMatch(
      new RegExp(`benchmark +${MODEL}@2\\.1\\.0 succeeded`),
    );

    const { accepted, answered } = await device.settledFrames();
    expect(answered).toBe(accepted);
    const left = join(device.stateFolder, 'benchmark', 'bundles');
    await until('its files are gone', async () => (await readdir(left)).length === 0);
    await device.runs('1.0.0');
  });

  it('survives the death of both sides', async () => {
    const asked = await scene.hamon('device', 'benchmark', device.id, `${MODEL}@2.1.0`, '--json');
    const { id } = BenchmarkView.parse(JSON.parse(asked.stdout));
    const view = () => scene.api.call('GET', `/v1/benchmarks/${id}`, BenchmarkView);
    await until('it runs', async () => (await view()).progress !== null, { context: () => scene.logs() });
    await device.kill();
    await scene.controlPlane.kill();
    await scene.controlPlane.start();
    await device.start();
    const ended = await until(
      'it ends',
      async () => {
        const seen = await view();
        return seen.endedAt !== null && seen;
      },
      { timeoutMs: 120_000, context: () => scene.logs() },
    );
    expect(ended).toMatchObject({ state: 'succeeded', results: [{}, {}] });
    await device.settledFrames();
    await device.answersOn();
  });
});
