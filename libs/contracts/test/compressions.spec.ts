import { describe, expect, it } from 'vitest';
import { CompressionSample, StartCompression } from '../src/index.js';

const sample = (path: string) => ({ path, sha256: 'a'.repeat(64), length: 1 });

describe('the path of a sample', () => {
  it.each([
    ...['a.png', 'dark/a.PNG', 'hot dog/1 (2).jpeg', '傷/写真.jpg', 'a..b/c.png'],
    ...['annotations.json', 'values.csv', 'classes.txt', 'labels/a.txt', 'labels/line 1/a.txt'],
    ...['images/line 1/a.png', 'masks/line 1/a.png', 'ground_truth/scratch/0_mask.png'],
  ])('may be %j', (path) => {
    expect(CompressionSample.safeParse(sample(path)).success).toBe(true);
  });

  it.each([
    '',
    'a',
    'a.txt',
    '.png',
    '/a.png',
    '../a.png',
    'a/../b.png',
    './a.png',
    'a//b.png',
    'a/b/c.png',
    'a/annotations.json',
    'images/a.txt',
    'images/a/b/c/d.png',
    '.hidden/a.png',
    'a/.hidden.png',
    'a\\b.png',
    'a\nb.png',
    'a/\u0000.png',
    `${'é'.repeat(120)}.png`,
  ])('may not be %j', (path) => {
    expect(CompressionSample.safeParse(sample(path)).success).toBe(false);
  });
});

it('images lie in class subfolders or beside each other, but for folders that say otherwise what they show', () => {
  const fits = (...paths: string[]): boolean =>
    StartCompression.safeParse({
      model: 'm',
      sourceVersion: '1.0.0',
      resultVersion: '1.1.0',
      recipe: { variants: ['fp16'] },
      calibration: paths.map(sample),
    }).success;
  expect(fits('dark/a.png', 'bright/a.png')).toBe(true);
  expect(fits('dark/a.png', 'a.png')).toBe(false);
  expect(fits('dark/a.png', 'a.png', 'annotations.json')).toBe(true);
  expect(fits('good/a.png', 'scratch/a.png', 'ground_truth/scratch/a.png')).toBe(true);
});

it('a compression needs no samples, and both sets count against one limit', () => {
  const wanted = {
    model: 'm',
    sourceVersion: '1.0.0',
    resultVersion: '1.1.0',
    recipe: { variants: ['fp16'] },
  };
  expect(StartCompression.safeParse(wanted).success).toBe(true);
  const many = (count: number) => Array.from({ length: count }, (_, i) => sample(`${i}.png`));
  const both = (count: number) =>
    StartCompression.safeParse({ ...wanted, calibration: many(count), evaluation: many(count) }).success;
  expect([both(5000), both(5001)]).toEqual([true, false]);
});
