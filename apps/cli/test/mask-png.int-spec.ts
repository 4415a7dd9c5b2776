import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIndexMap } from '@hamon/compress';
import { temporaryFolder } from '@hamon/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPng, runLengths } from '../src/samples/mask-png.js';

describe('a mask', () => {
  it('is a PNG that readers of masks read, pixel by pixel', async () => {
    const path = join(await temporaryFolder(), 'mask.png');
    const masks = fc
      .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
      .chain(({ width, height }) =>
        fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          pixels: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(masks, async ({ width, height, pixels }) => {
        await writeFile(
          path,
          maskPng({ width, height, rle: runLengths(pixels) }, (place) => place),
        );
        const read = await readIndexMap(path);
        expect([read.width, read.height, [...read.labels]]).toEqual([width, height, [...pixels]]);
      }),
      { numRuns: 50 },
    );
  });
});
