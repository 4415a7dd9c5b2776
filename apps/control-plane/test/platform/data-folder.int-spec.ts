import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDataFolder } from '../../src/platform/data-folder.js';

describe('openDataFolder', () => {
  let path: string;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'hamon-data-'));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));

  it('gives a folder that a killed process left to one of several starters', async () => {
    for (let round = 0; round < 20; round += 1) {
      await writeFile(join(path, 'lock'), '999999999 1');
      const starts = await Promise.allSettled(Array.from({ length: 6 }, () => openDataFolder(path)));
      const folders = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
      expect(folders).toHaveLength(1);
      await folders[0]?.release();
    }
  });

  it('names the process that has the folder', async () => {
    const folder = await openDataFolder(path);
    await expect(openDataFolder(path)).rejects.toThrow(`another control plane (process ${process.pid}) uses`);
    await folder.release();
    await (await openDataFolder(path)).release();
  });
});
