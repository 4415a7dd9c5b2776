import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionNumbers } from '../../src/adapters/connection-numbers.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-numbers-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the numbers of connections', () => {
  it('begin at 0, go round at 255, and go on after a restart', async () => {
    const numbers = async (count: number, name = 'cell'): Promise<number[]> => {
      const next = await connectionNumbers(folder, name);
      const given: number[] = [];
      for (let i = 0; i < count; i += 1) given.push(await next());
      return given;
    };
    expect(await numbers(257)).toEqual([...Array.from({ length: 256 }, (_, i) => i), 0]);
    expect(await numbers(2)).toEqual([1, 2]);
    expect(await numbers(1, 'another')).toEqual([0]);
  });

  it('go on without what they kept where it cannot be read or written', async () => {
    const next = await connectionNumbers(folder, 'cell');
    await next();
    const kept = join(folder, 'connections');
    const [name = ''] = await readdir(kept);
    await writeFile(join(kept, name), 'x'.repeat(100));
    expect(await (await connectionNumbers(folder, 'cell'))()).toBe(0);
    expect(await (await connectionNumbers('/nonexistent', 'cell'))()).toBe(0);
  });
});
