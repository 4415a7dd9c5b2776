import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@hamon/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { BegunJournal } from '../../../src/data/sources/drop-folder/begun-journal.js';

let path: string;
let faults: string[];
beforeEach(async () => {
  path = join(await temporaryFolder(), 'drop-folders', 'a.begun');
  faults = [];
});
const open = () => BegunJournal.open(path, (detail) => void faults.push(detail));

describe('the journal of begun files', () => {
  it('knows after a restart what was begun before, also where it ends in half a line', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const journal = await open();
    expect(await journal.begin([first])).toEqual(new Set());
    expect(await journal.begin([first, second])).toEqual(new Set([first]));
    await journal.close();
    await appendFile(path, '0f3c-half');
    const again = await open();
    const third = randomUUID();
    expect(await again.begin([second, third])).toEqual(new Set([second]));
    await again.close();
    expect((await readFile(path, 'utf8')).split('\n').filter(Boolean)).toEqual([first, second, third]);
    expect(faults).toEqual([]);
  });

  it('stays as small as it must be, and keeps the latest', async () => {
    const journal = await open();
    const ids = Array.from({ length: 20_000 }, () => randomUUID());
    for (let i = 0; i < ids.length; i += 500) await journal.begin(ids.slice(i, i + 500));
    await journal.close();
    expect((await readFile(path)).byteLength).toBeLessThan(400_000);
    const again = await open();
    expect((await again.begin(ids.slice(-1000))).size).toBe(1000);
    expect((await again.begin(ids.slice(0, 10))).size).toBe(0);
    await again.close();
  });

  it('costs no answer where it cannot be written', async () => {
    await mkdir(join(path, '..'), { recursive: true });
    await mkdir(path);
    const journal = await open();
    const id = randomUUID();
    await journal.begin([id]);
    expect(await journal.begin([id])).toEqual(new Set([id]));
    await journal.close();
    expect(faults.length).toBeGreaterThan(0);
  });
});
