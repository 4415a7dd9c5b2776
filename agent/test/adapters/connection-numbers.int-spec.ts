import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionNumbers } from '../../src/adapters/connection-numbers.js';
import { until } from '../support/until.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-numbers-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the numbers of connections', () => {
  it('begin at 0, go round at 255, and go on after a restart', async () => {
    const next = await connectionNumbers(folder, 'cell');
    expect(Array.from({ length: 258 }, next)).toEqual([...Array.from({ length: 256 }, (_, i) => i), 0, 1]);
    await until('the number to be kept', async () => (await connectionNumbers(folder, 'cell'))() === 2);
    expect((await connectionNumbers(folder, 'another'))()).toBe(0);
  });

  it('go on without what they kept where it cannot be read or written', async () => {
    const next = await connectionNumbers(folder, 'cell');
    next();
    const kept = join(folder, 'connections');
    await until('the file', async () => (await readdir(kept).catch(() => [])).length === 1);
    const [name = ''] = await readdir(kept);
    await writeFile(join(kept, name), 'x'.repeat(100));
    expect((await connectionNumbers(folder, 'cell'))()).toBe(0);
    expect((await connectionNumbers('/nonexistent', 'cell'))()).toBe(0);
  });
});
