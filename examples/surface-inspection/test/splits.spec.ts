import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cocoAnnotations, DEFECT_LABELS, maskOf } from '../src/annotations.js';
import { imagesOf, type Split, type SplitImage } from '../src/splits.js';
import { SIDE } from '../src/surface.js';

const draw = (split: Split, count: number): SplitImage[] =>
  imagesOf(split)
    .slice(0, count)
    .map((one) => one());

describe('the images of a split', () => {
  it.each([
    ['train', '4e9cf2d69ea6cab6cecc1d764b8aa448f202dd5ab5388f71ef62c76ae01c781c'],
    ['test', '310d3c852fb7bfc7a0463cc23b26e7071f51f93c5d19150c5269b36ff53691bf'],
    ['line', '3f695466249c3db3ee46d8555fa79916942b120160ca51003c38a18c738f0c0b'],
  ] as const)('are those that the committed bundles were trained and tested on: %s', (split, digest) => {
    const hash = createHash('sha256');
    for (const { name, label, pixels } of draw(split, 60)) hash.update(`${label}/${name}`).update(pixels);
    expect(hash.digest('hex')).toBe(digest);
  });
});

describe('the defects of an image', () => {
  const images = draw('test', 300);
  const defects = images.flatMap((image) => image.defects.map((defect) => ({ image, ...defect })));

  it('are of its label: none on a good one, one or two where there are spots', () => {
    for (const { label, defects } of images) {
      expect(new Set(defects.map((defect) => defect.label))).toEqual(
        new Set(label === 'good' ? [] : [label]),
      );
      expect(defects.length).toBeLessThanOrEqual(label === 'spot' ? 2 : 1);
    }
    expect(images.some(({ defects }) => defects.length === 2)).toBe(true);
  });

  it('lie in the smallest box that holds their pixels', () => {
    for (const { pixels, box } of defects) {
      const [x, y, width, height] = box;
      const columns = new Set(pixels.map((i) => i % SIDE));
      const rows = new Set(pixels.map((i) => Math.floor(i / SIDE)));
      for (const column of columns) expect(column >= x && column < x + width).toBe(true);
      for (const row of rows) expect(row >= y && row < y + height).toBe(true);
      expect(columns.has(x) && columns.has(x + width - 1)).toBe(true);
      expect(rows.has(y) && rows.has(y + height - 1)).toBe(true);
      expect(x >= 0 && y >= 0 && x + width <= SIDE && y + height <= SIDE).toBe(true);
    }
  });

  it('are where the picture is darker: a spot beside the ring around it', () => {
    const spots = defects.filter(({ label, image }) => label === 'spot' && image.defects.length === 1);
    const darker = spots.filter(({ image, pixels, box: [x, y, width, height] }) => {
      const own = new Set(pixels);
      const ring: number[] = [];
      for (let row = Math.max(0, y - 4); row < Math.min(SIDE, y + height + 4); row++)
        for (let column = Math.max(0, x - 4); column < Math.min(SIDE, x + width + 4); column++)
          if (!own.has(row * SIDE + column)) ring.push(row * SIDE + column);
      return mean(pixels, image) < mean(ring, image);
    });
    expect(spots.length).toBeGreaterThan(20);
    expect(darker.length).toBe(spots.length);
  });
});

const mean = (indices: readonly number[], { pixels }: SplitImage): number =>
  indices.reduce((sum, i) => sum + (pixels[i] ?? 0), 0) / indices.length;

describe('the annotations of a split', () => {
  const images = draw('line', 100);
  const coco = cocoAnnotations(images);

  it('name every image and every defect once', () => {
    expect(coco.images.map(({ file_name }) => file_name)).toEqual(images.map(({ name }) => `images/${name}`));
    expect(coco.annotations.length).toBe(images.reduce((sum, { defects }) => sum + defects.length, 0));
    expect(new Set(coco.annotations.map(({ id }) => id)).size).toBe(coco.annotations.length);
    expect(coco.categories).toEqual(DEFECT_LABELS.map((name, i) => ({ id: i + 1, name })));
  });

  it('say of each box what its mask says', () => {
    for (const { image_id, category_id, bbox, area } of coco.annotations) {
      const image = images[image_id];
      if (!image || image.defects.length !== 1) continue;
      const mask = maskOf(image);
      const marked = [...mask.keys()].filter((i) => mask[i] === category_id);
      expect(marked.length).toBe(area);
      expect(image.defects[0]?.box).toEqual(bbox);
      expect(marked).toEqual(image.defects[0]?.pixels);
    }
  });

  it('leave the mask of a good part empty', () => {
    for (const image of images.filter(({ label }) => label === 'good'))
      expect(maskOf(image).every((value) => value === 0)).toBe(true);
  });
});
