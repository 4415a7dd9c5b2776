import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@hamon/testing';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { imagesOf } from '../src/splits.js';
import { SIDE } from '../src/surface.js';
import { FORMS, type FormName, writeSplit } from '../src/write-split.js';

const COUNT = 12;
const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.includes('.')).sort();

describe('a split in its forms', () => {
  let out: string;
  beforeAll(async () => {
    out = await temporaryFolder();
    for (const form of Object.keys(FORMS) as FormName[]) await writeSplit(out, 'test', form, COUNT);
  });

  it('is one folder for each form, with the same bytes of each image', async () => {
    const classes = await filesBelow(join(out, 'test'));
    expect(classes.length).toBe(COUNT);
    for (const path of classes) {
      const bytes = await readFile(join(out, 'test', path));
      const name = path.split('/')[1] ?? '';
      for (const folder of ['test-boxes', 'test-masks'])
        expect((await readFile(join(out, folder, 'images', name))).equals(bytes)).toBe(true);
    }
  });

  it('is the same when it is written again', async () => {
    const again = join(out, 'again');
    await writeSplit(again, 'test', 'masks', COUNT);
    await writeSplit(again, 'test', 'boxes', COUNT);
    for (const folder of ['test-masks', 'test-boxes']) {
      const files = await filesBelow(join(out, folder));
      expect(await filesBelow(join(again, folder))).toEqual(files);
      for (const name of files)
        expect(
          (await readFile(join(again, folder, name))).equals(await readFile(join(out, folder, name))),
        ).toBe(true);
    }
  });

  it('has masks of one channel whose values are the categories of the boxes', async () => {
    const coco = JSON.parse(await readFile(join(out, 'test-boxes/annotations.json'), 'utf8')) as {
      images: { id: number; file_name: string }[];
      annotations: { image_id: number; category_id: number; bbox: [number, number, number, number] }[];
    };
    expect(coco.images.length).toBe(COUNT);
    for (const { id, file_name } of coco.images) {
      const mask = sharp(join(out, 'test-masks', file_name.replace('images/', 'masks/')));
      const { channels, width, height } = await mask.metadata();
      expect({ channels, width, height }).toEqual({ channels: 1, width: SIDE, height: SIDE });
      const values = await mask.toColourspace('b-w').raw().toBuffer();
      const own = coco.annotations.filter(({ image_id }) => image_id === id);
      expect(new Set(values)).toEqual(new Set([0, ...own.map(({ category_id }) => category_id)]));
      for (const { category_id, bbox } of own) {
        const [x, y, boxWidth, boxHeight] = bbox;
        for (const [i, value] of values.entries()) {
          const [column, row] = [i % SIDE, Math.floor(i / SIDE)];
          const inside = column >= x && column < x + boxWidth && row >= y && row < y + boxHeight;
          if (own.length === 1 && value === category_id) expect(inside).toBe(true);
        }
      }
    }
  });

  it('holds as many images as the split has', () => {
    expect([imagesOf('train').length, imagesOf('test').length, imagesOf('line').length]).toEqual([
      6000, 1000, 600,
    ]);
  });
});
