import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeFile } from '@hamon/content';

describe('takeFile', () => {
  let folder: string;
  let path: string;
  const living = new Set<string>();
  const take = (owner: string): Promise<string | undefined> => {
    living.add(owner);
    return takeFile({ path, owner, mode: 0o600, isHeld: (other) => living.has(other) });
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hamon-take-'));
    path = join(folder, 'lock');
    living.clear();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['a dead holder', 'dead'],
    ['nobody, being empty', ''],
  ])('gives a file of %s to exactly one of many takers', async (_, left) => {
    for (let round = 0; round < 20; round += 1) {
      await writeFile(path, left);
      const takers = Array.from({ length: 8 }, (_, i) => `${round}/${i}`);
      const holders = await Promise.all(takers.map(take));
      const won = takers.filter((_, i) => holders[i] === undefined);
      expect(won).toHaveLength(1);
      expect(await readFile(path, 'utf8')).toBe(won[0]);
      expect(await readdir(folder)).toEqual(['lock']);
    }
  });

  it('names the living holder and leaves its file alone', async () => {
    expect(await take('a')).toBeUndefined();
    expect(await take('b')).toBe('a');
    expect(await readFile(path, 'utf8')).toBe('a');
  });

  it('takes over where an earlier take-over was killed in the middle', async () => {
    await writeFile(path, 'dead');
    await writeFile(`${path}.takeover`, 'dead too');
    expect(await take('a')).toBeUndefined();
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('gives a new file to exactly one of many takers', async () => {
    const holders = await Promise.all(Array.from({ length: 8 }, (_, i) => take(String(i))));
    expect(holders.filter((holder) => holder === undefined)).toHaveLength(1);
  });
});
