import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VersionChoicesView, VersionView } from '@hamon/contracts';
import { changedBundle } from './support/bundles.js';
import type { Device } from './support/device.js';
import { EXAMPLE, MODEL } from './support/root.js';
import { Scene } from './support/scene.js';

const canSplit = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
const describeWithClasses = canSplit ? describe : describe.skip;

const VERSION = '2.1.0';
/** Enough for a sound int8 file and a figure of each kind; what is fast is not this test's question. */
const RECIPE = {
  schema: 'hamon.recipe/1',
  static: { maxSamples: 64 },
  measure: { rounds: 3, runs: 20, warmupRuns: 5, allThreads: false },
};

/** A version with two variants, made by `hamon compress`, on devices of two classes, one of which was never measured. */
describeWithClasses('one version on two hardware classes (needs two cores and taskset)', () => {
  let scene: Scene;
  let whole: Device;
  let small: Device;
  let maxBytes: number;

  beforeAll(async () => {
    scene = await Scene.open();
    await scene.start();
    whole = await scene.enrolled('camera-whole');
    small = await scene.enrolled('camera-small', { cores: 1 });
    for (const device of [whole, small]) await scene.online(device);
    await scene.bring([whole, small], '1.0.0');

    const source = await changedBundle(join(scene.folder, 'source'), VERSION, (document) => {
      document.budgets.p95Ms = 10_000;
    });
    const [recipe, out] = [join(scene.folder, 'recipe.json'), join(scene.folder, 'out')];
    await writeFile(recipe, JSON.stringify(RECIPE));
    const images = join(EXAMPLE, 'images/line');
    const { code, stdout, stderr } = await scene.hamon(
      ...['compress', source, '--out', out, '--variants', 'int8-static', '--calibration', images],
      ...['--recipe', recipe, '--json'],
    );
    if (code !== 0) throw new Error(stderr);
    const { variants } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
      variants: { name: string; bytes: number }[];
    };
    const [fp32, int8] = ['fp32', 'int8-static'].map((name) => variants.find((one) => one.name === name));
    // Only int8 holds it, whichever is the faster one on this machine.
    maxBytes = Math.round(((fp32?.bytes ?? NaN) + (int8?.bytes ?? NaN)) / 2);
    await scene.release(VERSION, out);
  });
  afterAll(() => scene?.close());

  it('knows how the version came about, and what would run where', async () => {
    const version = await scene.api.call('GET', `/v1/models/${MODEL}/versions/${VERSION}`, VersionView);
    expect(version.provenance).toMatchObject({ model: MODEL, version: VERSION });
    expect(version.provenance?.provenance.recipe).toMatchObject({ variants: ['int8-static'], seed: 1 });
    const [wholeClass, smallClass] = await Promise.all(
      [whole, small].map(async ({ id }) => (await scene.api.device(id)).hardwareClass),
    );
    expect(wholeClass).not.toBe(smallClass);
    expect(version.profiles?.map(({ variant, hardwareClass }) => [variant, hardwareClass])).toEqual([
      ['fp32', wholeClass],
      ['int8-static', wholeClass],
    ]);
    const path = `/v1/models/${MODEL}/versions/${VERSION}/choices?maxBytes=${maxBytes}&maxAccuracyDrop=1`;
    const { classes } = await scene.api.call('GET', path, VersionChoicesView);
    const told = classes.map(({ hardwareClass, kind, variant }) => [hardwareClass, kind, variant]);
    expect(told).toContainEqual([wholeClass, 'chosen', 'int8-static']);
    expect(told).toContainEqual([smallClass, 'unmeasured', 'fp32']);
    const shown = await scene.hamon('model', 'choices', `${MODEL}@${VERSION}`);
    expect(shown.stdout).toContain(smallClass);
  });

  it('brings each device its own variant, also where the control plane dies on the way', async () => {
    const id = await scene.rollOut([whole, small], {
      version: VERSION,
      stages: '1,100%',
      constraints: { maxBytes, maxAccuracyDrop: 1 },
    });
    await scene.rollout(id, 'a device is on its way', ({ devicesTouched }) => devicesTouched > 0);
    await scene.controlPlane.kill();
    await scene.controlPlane.start();

    const ended = await scene.ended(id);
    expect([ended.state, ended.reason]).toEqual(['succeeded', '']);
    expect(ended.variant).toBeNull();
    const variantOn = async (device: Device) => (await device.runs(VERSION)).slots.current?.variant;
    expect(await variantOn(whole)).toBe('int8-static');
    expect(await variantOn(small)).toBe('fp32');
    for (const device of [whole, small]) {
      const { accepted, answered } = await device.settledFrames();
      expect(answered).toBe(accepted);
      await device.answersOn();
    }
    const members = await scene.api.members(id);
    expect(Object.fromEntries(members.map(({ device, variant }) => [device, variant]))).toEqual({
      [whole.id]: 'int8-static',
      [small.id]: 'fp32',
    });
  });
});
