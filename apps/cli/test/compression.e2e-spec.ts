import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompressionView } from '@hamon/contracts';
import { bundleFolder, imageFolder, QUICK } from '../../../libs/compress/test/support/small-bundle.js';
import { Platform, type Ended } from './support/platform.js';

/** From a float model to a compressed version on a real control plane; later commands build on earlier ones. */
let platform: Platform;
let recipe: string;
let calibration: string;
let evaluate: string;
beforeAll(async () => {
  platform = await Platform.start();
  recipe = join(platform.folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(QUICK));
  calibration = await imageFolder(4);
  evaluate = await imageFolder(2, { seed: 2 });
  await hamon('login', '--server', platform.url, '--token', platform.token);
  await json('model', 'create', 'brightness', '--task', 'classification');
  await json('model', 'push', 'brightness@1.0.0', '--bundle', await bundleFolder());
});
afterAll(() => platform.discard());

const hamon = (...args: string[]): Promise<Ended> => platform.hamon(...args).ended;
const json = <T = Record<string, unknown>>(...args: string[]): Promise<T> => platform.json<T>(...args);

const start = (version: string, ...flags: string[]): string[] => [
  ...['compression', 'start', 'brightness@1.0.0', '--as', version, '--recipe', recipe],
  ...flags,
];

describe('hamon compression on a real control plane', () => {
  it('makes a version of its own out of a float one, and tells how far it is', async () => {
    const { code, out } = await hamon(
      ...start(
        '1.1.0',
        '--variants',
        'int8-static,fp16',
        '--calibration',
        calibration,
        '--evaluate',
        evaluate,
      ),
      '--wait',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^Compression [0-9a-f-]{36} started\.\n/);
    expect(out).toContain('attempt 1 of 3');
    expect(out).toContain('brightness@1.1.0 is validated');
    expect(out).toMatch(/calibration +12 images/);
    const { variants } = await json<{ variants: { name: string }[] }>('model', 'show', 'brightness@1.1.0');
    expect(variants.map(({ name }) => name)).toEqual(['fp16', 'fp32', 'int8-static']);
    expect(await json('model', 'release', 'brightness@1.1.0')).toMatchObject({ state: 'released' });
  });

  it('lists it and fetches its report as data and as a page', async () => {
    const { items } = await json<{ items: CompressionView[] }>('compression', 'ls');
    const id = items[0]?.id ?? '';
    expect(await json('compression', 'show', id)).toMatchObject({
      schema: 'hamon.compression/1',
      state: 'succeeded',
    });
    const [data, page] = [join(platform.folder, 'report.json'), join(platform.folder, 'report.html')];
    expect(await json('compression', 'report', id, '--out', data)).toMatchObject({
      schema: 'hamon.compression-report/1',
      file: data,
    });
    expect(JSON.parse(await readFile(data, 'utf8'))).toMatchObject({ schema: 'hamon.compress-report/1' });
    await hamon('compression', 'report', id, '--out', page);
    expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('ends with code 3 where the compression fails, the reason shown', async () => {
    const failing = join(platform.folder, 'failing.json');
    await writeFile(failing, JSON.stringify({ ...QUICK, static: { keepFloat: ['no-such-layer'] } }));
    const { code, out } = await hamon(
      ...start(
        '1.2.0',
        '--recipe',
        failing,
        '--variants',
        'int8-static',
        '--calibration',
        calibration,
        '--wait',
      ),
    );
    expect(code).toBe(3);
    expect(out).toMatch(/reason +[a-z-]+: .*no-such-layer/);
  });

  it('cancels one that runs', async () => {
    const long = join(platform.folder, 'long.json');
    const measure = { ...QUICK.measure, rounds: 100, runs: 10_000, budgetSeconds: 600 };
    await writeFile(long, JSON.stringify({ measure }));
    const { id } = await json<CompressionView>(...start('1.3.0', '--recipe', long, '--variants', 'fp16'));
    const watching = platform.hamon('compression', 'watch', id);
    await watching.says(/latency at one thread/);
    expect(await json('compression', 'cancel', id)).toMatchObject({ state: 'cancelled' });
    expect(await watching.ended).toMatchObject({
      code: 3,
      out: expect.stringContaining('cancelled by bootstrap'),
    });
  });

  it('says what is wrong before anything is sent, or in the words of the server', async () => {
    expect(await hamon(...start('1.4.0'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('which variants?'),
    });
    expect(await hamon(...start('1.4', '--variants', 'fp16'))).toMatchObject({ code: 2 });
    const missing = await hamon(...start('1.4.0', '--variants', 'fp16', '--calibration', '/no/such/folder'));
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('/no/such/folder is no folder') });
    expect(await hamon(...start('1.1.0', '--variants', 'fp16'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('brightness@1.1.0 exists'),
    });
    expect(await hamon(...start('1.4.0', '--variants', 'int8-static'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('calibration: must be given'),
    });
    const id = '7f5b3d0e-1111-4222-8333-444455556666';
    expect(await hamon('compression', 'show', id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('hamon compression ls'),
    });
  });
});
