import { cp, mkdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../src/take-lock.js';
import { temporaryFolder } from './content-fixture.js';
import { LockTaker } from './lock-takers.js';

describe('a lock that was copied with its folder', () => {
  let original: string;
  let copy: string;
  let holder: LockTaker;
  beforeEach(async () => {
    const above = await temporaryFolder();
    [original, copy] = [join(above, 'original'), join(above, 'copy')];
    await mkdir(original);
    holder = await LockTaker.open(original, 1);
    await holder.go();
    await cp(original, copy, { recursive: true, verbatimSymlinks: true });
  });
  afterEach(() => holder.kill());

  it('is held by nobody, where the original is known', async () => {
    const held = { heldBy: holder.pid };
    expect(await takeLock(join(copy, '0'))).toEqual(held);
    const outcome = await takeLock(join(copy, '0'), { copyOf: join(original, '0') });
    expect('release' in outcome).toBe(true);
    expect(await takeLock(join(original, '0'))).toEqual(held);
    if ('release' in outcome) await outcome.release();
    expect(await readlink(join(original, '0'))).toMatch(new RegExp(`^${holder.pid}\\.`));
  });

  it('has one holder once somebody took it, and that is not the holder of the original', async () => {
    const second = await LockTaker.open(copy, 1);
    try {
      expect('release' in (await takeLock(join(copy, '0'), { copyOf: join(original, '0') }))).toBe(true);
      await second.go();
      expect(second.refusedBy).toEqual(new Set([process.pid]));
    } finally {
      await second.kill();
    }
  });
});
