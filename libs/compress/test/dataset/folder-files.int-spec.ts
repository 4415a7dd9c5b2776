import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@hamon/testing';
import { folderFiles } from '../../src/dataset/labelled/folder-files.js';

async function folderOf(...paths: string[]): Promise<string> {
  const dir = await temporaryFolder();
  for (const path of paths) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), '');
  }
  return dir;
}

describe('the files of a folder that are sent elsewhere', () => {
  it.each([
    [
      ['dark/a.png', 'bright/b.jpg'],
      ['dark/notes.txt', 'readme.md'],
    ],
    [['a.png', 'b.png'], ['notes.txt']],
    [['annotations.json', 'images/a.png', 'b/c.png'], ['labels.txt']],
    [['images/x/a.png', 'labels/x/a.txt', 'classes.txt'], ['notes.txt']],
    [['images/a.png', 'masks/a.png'], ['masks/a.npy']],
    [['good/a.png', 'scratch/b.png', 'ground_truth/scratch/b_mask.png'], ['license.txt']],
    [['values.csv', 'x/a.png'], ['other.csv']],
  ])('are images and what says what they show: %j, and not %j', async (wanted, others) => {
    const dir = await folderOf(...wanted, ...others);
    const found = (await folderFiles(dir)).map((path) => relative(dir, path));
    expect(found.sort()).toEqual([...wanted].sort());
  });
});
