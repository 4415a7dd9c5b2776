import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomically } from '../src/write-file-atomically.js';

describe('writing a file atomically', () => {
  let folder: string;
  let umask: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hamon-write-'));
    umask = process.umask();
  });
  afterEach(async () => {
    process.umask(umask);
    await rm(folder, { recursive: true, force: true });
  });

  it('takes the mode that is asked for, whatever the umask and the former one', async () => {
    const path = join(folder, 'key');
    await writeFile(path, 'old');
    await chmod(path, 0o644);
    for (const mask of [0o000, 0o077]) {
      process.umask(mask);
      await writeFileAtomically(path, `under ${mask}`, 0o640);
      expect((await stat(path)).mode & 0o777).toBe(0o640);
    }
  });

  it('leaves one of many writers whole, and nothing beside it', async () => {
    const path = join(folder, 'record');
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeFileAtomically(path, text, 0o600)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['record']);
  });

  it('leaves the old file, and nothing beside it, where it cannot take its place', async () => {
    await rm(folder, { recursive: true });
    await expect(writeFileAtomically(join(folder, 'key'), 'new', 0o600)).rejects.toThrow(/ENOENT/);
    await expect(stat(folder)).rejects.toThrow(/ENOENT/);
  });
});
