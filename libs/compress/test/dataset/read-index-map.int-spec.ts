import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIndexMap } from '../../src/dataset/labelled/read-index-map.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hamon-index-map-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Png {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly rows: Uint8Array;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function encode({ width, height, depth, colour, rows }: Png): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(colour === 3
      ? [
          chunk(
            'PLTE',
            Uint8Array.from({ length: 3 << depth }, (_, at) => 255 - at),
          ),
        ]
      : []),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Rows as a PNG packs them, each with one of the filters that need no prediction from elsewhere. */
function pack(pixels: readonly number[], width: number, height: number, depth: number, sub: boolean) {
  const stride = Math.ceil((width * depth) / 8);
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const row = rows.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    for (let x = 0; x < width; x += 1) {
      const shift = 8 - depth - ((x * depth) & 7);
      row[(x * depth) >> 3] =
        (row[(x * depth) >> 3] as number) | ((pixels[y * width + x] as number) << shift);
    }
    if (!sub) continue;
    rows[y * (stride + 1)] = 1;
    for (let at = stride - 1; at > 0; at -= 1) row[at] = (row[at] as number) - (row[at - 1] as number);
  }
  return rows;
}

describe('a PNG of indices', () => {
  it('gives the numbers as stored, at any depth, grey or with a palette', async () => {
    const images = fc
      .record({
        width: fc.integer({ min: 1, max: 19 }),
        height: fc.integer({ min: 1, max: 5 }),
        depth: fc.constantFrom(1, 2, 4, 8),
        colour: fc.constantFrom(0, 3),
        sub: fc.boolean(),
      })
      .chain((image) =>
        fc
          .array(fc.integer({ min: 0, max: 2 ** image.depth - 1 }), {
            minLength: image.width * image.height,
            maxLength: image.width * image.height,
          })
          .map((pixels) => ({ ...image, pixels })),
      );
    const path = join(dir, 'any.png');
    await fc.assert(
      fc.asyncProperty(images, async ({ width, height, depth, colour, sub, pixels }) => {
        const rows = pack(pixels, width, height, depth, sub);
        await writeFile(path, encode({ width, height, depth, colour, rows }));
        const { labels, ...size } = await readIndexMap(path);
        expect(size).toEqual({ width, height });
        expect([...labels]).toEqual(pixels);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['no PNG', Buffer.from('GIF89a'), /is no PNG/],
    ['colours', encode({ width: 1, height: 1, depth: 8, colour: 2, rows: new Uint8Array(4) }), /no mask/],
    ['16 bits', encode({ width: 1, height: 1, depth: 16, colour: 0, rows: new Uint8Array(3) }), /no mask/],
    ['rows missing', encode({ width: 4, height: 4, depth: 8, colour: 0, rows: new Uint8Array(5) }), /broken/],
    [
      'rows too many',
      encode({ width: 1, height: 1, depth: 8, colour: 0, rows: new Uint8Array(99) }),
      /broken/,
    ],
    [
      'an end too early',
      encode({ width: 2, height: 2, depth: 8, colour: 0, rows: new Uint8Array(6) }).subarray(0, 45),
      /broken/,
    ],
    ['no size', encode({ width: 0, height: 1, depth: 8, colour: 0, rows: new Uint8Array(1) }), /0×1 pixels/],
    [
      'more pixels than anybody has',
      encode({ width: 2 ** 30, height: 2 ** 30, depth: 8, colour: 0, rows: new Uint8Array(1) }),
      /at most/,
    ],
  ])('is refused with %s', async (_what, bytes, message) => {
    const path = join(dir, 'bad.png');
    await writeFile(path, bytes);
    await expect(readIndexMap(path)).rejects.toMatchObject({
      code: 'dataset-invalid',
      message: expect.stringMatching(message),
    });
  });
});
