import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@hamon/testing';
import { addsExactly } from '../src/worker/adds-exactly.js';

describe('whether a CPU adds products of 8 bits exactly', () => {
  it.each([
    ['flags\t\t: fpu avx2 avx512_vnni avx512_bitalg\n', true],
    ['flags\t\t: fpu avx2 avx_vnni\n', true],
    ['flags\t\t: fpu avx2 avx512f\n', false],
    // Another field may name it, and another name may begin with it.
    ['bugs\t\t: avx_vnni\nflags\t\t: avx2 avx_vnni_int16\n', false],
    ['Features\t: asimddp\n', false],
  ])('is told by its flags: %j', async (flags, expected) => {
    const path = join(await temporaryFolder(), 'cpuinfo');
    await writeFile(path, `processor\t: 0\n${flags}\n`);
    expect(addsExactly(path)).toBe(expected);
  });

  it('is not taken for granted where nothing tells', () => {
    expect(addsExactly('/nowhere/cpuinfo')).toBe(false);
  });
});
