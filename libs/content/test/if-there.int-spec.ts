import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileIfThere, statIfThere } from '../src/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-there-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('only a missing file is absent', () => {
  it('is undefined where nothing has the name', async () => {
    expect(await readFileIfThere(join(folder, 'none'))).toBeUndefined();
    expect(await statIfThere(join(folder, 'none'))).toBeUndefined();
  });

  it('is what is there', async () => {
    await writeFile(join(folder, 'file'), 'text');
    expect(await readFileIfThere(join(folder, 'file'))).toBe('text');
    expect((await statIfThere(join(folder, 'file')))?.size).toBe(4n);
  });

  it('names the file that cannot be read, and why', async () => {
    await mkdir(join(folder, 'folder'));
    await symlink('loop', join(folder, 'loop'));
    await writeFile(join(folder, 'file'), '');
    await expect(readFileIfThere(join(folder, 'folder'))).rejects.toMatchObject({
      code: 'io',
      message: `cannot read ${join(folder, 'folder')}: EISDIR`,
    });
    await expect(statIfThere(join(folder, 'loop'))).rejects.toThrow(`${join(folder, 'loop')}: ELOOP`);
    await expect(readFileIfThere(join(folder, 'file', 'below'))).rejects.toThrow('ENOTDIR');
  });
});
