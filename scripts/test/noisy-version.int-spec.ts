import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskNamed } from '@hamon/tasks';
import { bundleFolder } from '../demo/src/bundle-folder.js';
import { CLASSIFIER, DETECTOR, exampleBundle, exampleImages } from '../demo/src/example.js';
import { listImages } from '../demo/src/list-images.js';
import { makeNoisyVersion, nextMajor } from '../demo/src/noisy-version.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('a version with noise on its weights', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hamon-noisy-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([CLASSIFIER, DETECTOR])(
    'does another job than %s, and is a bundle of its next major',
    async (model) => {
      const original = await bundleFolder(exampleBundle(ROOT, model, '2.0.0'));
      const to = join(folder, model);
      const images = (await listImages(exampleImages(ROOT))).slice(0, 200);
      const { agreement } = await makeNoisyVersion(original, to, images);
      expect(agreement).toBeLessThanOrEqual(taskNamed(original.bundle.task).comparisons.anotherJob);

      const { golden: _, ...kept } = original.bundle;
      expect((await bundleFolder(to)).bundle).toEqual({ ...kept, version: '3.0.0' });
      expect((await readdir(to)).sort()).toEqual(['bundle.json', 'model.fp32.onnx']);
    },
  );

  it.each([
    ['2.0.0', '3.0.0'],
    ['1.0.1', '2.0.0'],
  ])('of %s is %s', (version, next) => {
    expect(nextMajor(version)).toBe(next);
  });
});
