import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BundleInput } from '@hamon/contracts';
import { encodePng } from '@hamon/inference';
import { openImages, openLabelledImages } from '../../src/dataset/image-source.js';
import { isLabelled } from '../../src/dataset/sample-source.js';

const input: BundleInput = {
  name: 'image',
  layout: 'NCHW',
  width: 2,
  height: 2,
  channels: 1,
  dtype: 'float32',
  resize: 'stretch',
  scale: 1,
  mean: [10],
  std: [2],
};
const labels = ['cat', 'dog'];
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hamon-compress-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function put(path: string, pixels: readonly number[], width = 2): Promise<void> {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  const size = { width, height: pixels.length / width, channels: 1 as const };
  await writeFile(file, await encodePng(Uint8Array.from(pixels), size));
}

describe('a folder of images', () => {
  it('gives normalised tensors in order of the names, labelled by its subfolders', async () => {
    await put('dog/b.png', [10, 12, 14, 16]);
    await put('cat/a.png', [10, 10, 10, 0]);
    await writeFile(join(dir, 'dog', 'notes.txt'), 'not an image');
    const source = await openLabelledImages(dir, input, { labels });
    expect(source.count).toBe(2);
    expect(source.dims).toEqual([1, 1, 2, 2]);
    expect([source.labelOf(0), source.labelOf(1)]).toEqual([0, 1]);
    expect([...(await source.batch(1))]).toEqual([0, 1, 2, 3]);
    expect([...(await source.batch(0))]).toEqual([0, 0, 0, -5]);
  });

  it('needs no labels for calibration, and gives the same whether the cache holds it or not', async () => {
    await put('one.png', [1, 2, 3, 4]);
    await put('two.png', [5, 6, 7, 8]);
    const source = await openImages(dir, input, { labels, cacheBytes: 4 });
    expect(isLabelled(source)).toBe(false);
    for (let round = 0; round < 2; round += 1)
      expect([...(await source.batch(1))]).toEqual([-2.5, -2, -1.5, -1]);
  });

  it('refuses an image of another size by name, or resizes it where that is allowed', async () => {
    await put('wide.png', [8, 8, 8, 8, 8, 8, 8, 8], 4);
    const strict = await openImages(dir, input);
    await expect(strict.batch(0)).rejects.toMatchObject({
      code: 'dataset-invalid',
      message: expect.stringMatching(/wide\.png.*4×2.*2×2/),
    });
    const lenient = await openImages(dir, input, { otherSizes: 'allow' });
    expect([...(await lenient.batch(0))]).toEqual([-1, -1, -1, -1]);
  });

  it('refuses what is no set of images', async () => {
    await expect(openImages(dir, input)).rejects.toMatchObject({ code: 'dataset-empty' });
    await expect(openImages(join(dir, 'nowhere'), input)).rejects.toMatchObject({ code: 'dataset-invalid' });
    await put('cow/a.png', [0, 0, 0, 0]);
    await expect(openImages(dir, input, { labels })).rejects.toMatchObject({
      code: 'labels-mismatch',
      message: expect.stringMatching(/"cow".*cat, dog/),
    });
    await put('loose.png', [0, 0, 0, 0]);
    await expect(openImages(dir, input)).rejects.toMatchObject({ code: 'dataset-invalid' });
  });

  it('refuses images without classes where labels are needed, and files that are broken', async () => {
    await put('a.png', [0, 0, 0, 0]);
    await expect(openLabelledImages(dir, input, { labels })).rejects.toMatchObject({
      code: 'labels-mismatch',
    });
    await writeFile(join(dir, 'a.png'), 'no image at all');
    const source = await openImages(dir, input);
    await expect(source.batch(0)).rejects.toMatchObject({
      code: 'dataset-invalid',
      message: expect.stringContaining('a.png'),
    });
  });
});
