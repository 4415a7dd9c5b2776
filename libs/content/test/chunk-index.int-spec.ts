import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_CHUNK_BYTES, type BundleIndex } from '@hamon/contracts';
import fc from 'fast-check';
import { chunkBytes, chunkFile } from '../src/chunk-file.js';
import { digestOf } from '../src/digest.js';
import { encodeIndex, indexDigest, parseIndex } from '../src/index-codec.js';
import { listFolder } from '../src/list-folder.js';
import { builtFrom, someFiles, temporaryFolder } from './content-fixture.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const lengths = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.constantFrom(MAX_CHUNK_BYTES - 1, MAX_CHUNK_BYTES, MAX_CHUNK_BYTES + 1, 2 * MAX_CHUNK_BYTES),
);

describe('chunks', () => {
  it('cover a file exactly, in order, and name their bytes; from disk as from memory', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 0, max: 255 }), async (length, seed) => {
        const bytes = Buffer.alloc(length).map((_, i) => (i * 31 + seed) % 251);
        const chunks = chunkBytes(bytes);
        expect(
          Buffer.concat(chunks.map((c) => bytes.subarray(c.offset, c.offset + c.length))).equals(bytes),
        ).toBe(true);
        for (const { sha256, offset, length: size } of chunks) {
          expect(size).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
          expect(digestOf(bytes.subarray(offset, offset + size))).toBe(sha256);
        }
        const path = join(folder, `${length}-${seed}`);
        await writeFile(path, bytes);
        expect(await chunkFile(path)).toEqual({ sha256: digestOf(bytes), length, chunks });
      }),
      { numRuns: 40 },
    );
  });

  it('of a file that is not there: one clear error', async () => {
    await expect(chunkFile(join(folder, 'nowhere'))).rejects.toMatchObject({
      name: 'ContentError',
      code: 'missing-file',
    });
  });
});

describe('an index', () => {
  it('is the same whatever the order of the files, and survives its own bytes', async () => {
    const files = someFiles();
    const built = await builtFrom(folder, files);
    const again = await builtFrom(
      await temporaryFolder(),
      Object.fromEntries(Object.entries(files).reverse()),
    );
    expect(again.ref).toEqual(built.ref);
    expect(built.ref.sha256).toBe(indexDigest(built.index));
    expect(parseIndex(built.bytes, built.ref.sha256)).toEqual(built.index);
    expect(built.lengthBytes).toBe(302_027);
  });

  it('is canonical JSON (RFC 8785) with files by path', async () => {
    const { bytes } = await builtFrom(folder, {
      'bundle.json': Buffer.from('{}'),
      'a.onnx': Buffer.from('a'),
    });
    const a = digestOf(Buffer.from('a'));
    const b = digestOf(Buffer.from('{}'));
    expect(Buffer.from(bytes).toString()).toBe(
      `{"files":[{"chunks":[{"length":1,"sha256":"${a}"}],"length":1,"path":"a.onnx","sha256":"${a}"},` +
        `{"chunks":[{"length":2,"sha256":"${b}"}],"length":2,"path":"bundle.json","sha256":"${b}"}],` +
        `"schema":"hamon.index/1"}`,
    );
  });

  it('tells where each chunk can be read, once, its own included', async () => {
    const twin = Buffer.alloc(10, 1);
    const built = await builtFrom(folder, { 'bundle.json': Buffer.from('{}'), 'a.bin': twin, 'b.bin': twin });
    expect(built.chunks).toHaveLength(3);
    expect(built.chunks.at(-1)).toEqual({ ...built.ref.chunks[0], artifact: built.ref.sha256, offset: 0 });
  });

  it('gives the same weights under a new version another digest and no new weight chunks', async () => {
    const files = someFiles();
    const one = await builtFrom(folder, files);
    const two = await builtFrom(await temporaryFolder(), { ...files, 'bundle.json': Buffer.from('{"v":2}') });
    expect(two.ref.sha256).not.toBe(one.ref.sha256);
    const known = new Set(one.chunks.map(({ sha256 }) => sha256));
    const fresh = two.chunks.filter(({ sha256 }) => !known.has(sha256)).map(({ artifact }) => artifact);
    expect(fresh).toEqual([digestOf(Buffer.from('{"v":2}')), two.ref.sha256]);
  });

  const chunk = { sha256: 'a'.repeat(64), length: 1 };
  const file = (path: string) => ({ path, length: 1, sha256: 'a'.repeat(64), chunks: [chunk] });
  const index = (...paths: string[]): BundleIndex => ({ schema: 'hamon.index/1', files: paths.map(file) });

  it.each([
    ['of other bytes', 'digest-mismatch', Buffer.from('{}'), 'f'.repeat(64)],
    ['that is no JSON', 'invalid-index', Buffer.from('{'), undefined],
    ['spelt another way', 'invalid-index', Buffer.from(JSON.stringify(index('a', 'bundle.json'))), undefined],
    ['without bundle.json', 'invalid-index', Buffer.from(JSON.stringify(index('a', 'b'))), undefined],
    [
      'with a path that leaves',
      'invalid-index',
      Buffer.from(JSON.stringify(index('../x', 'bundle.json'))),
      undefined,
    ],
    [
      'with an absolute path',
      'invalid-index',
      Buffer.from(JSON.stringify(index('/etc/x', 'bundle.json'))),
      undefined,
    ],
    [
      'with a hidden path',
      'invalid-index',
      Buffer.from(JSON.stringify(index('.index.json', 'bundle.json'))),
      undefined,
    ],
    [
      'with a path twice',
      'invalid-index',
      Buffer.from(JSON.stringify(index('a', 'a', 'bundle.json'))),
      undefined,
    ],
    [
      'with a file that is a folder',
      'invalid-index',
      encodeIndex(index('a', 'a/b', 'bundle.json')),
      undefined,
    ],
  ])('%s is refused: %s', (_name, code, bytes, digest) => {
    expect(() => parseIndex(bytes, digest ?? digestOf(bytes))).toThrow(
      expect.objectContaining({ code }) as never,
    );
  });
});

describe('a folder', () => {
  it('lists its files by path and passes hidden ones over', async () => {
    await mkdir(join(folder, 'golden'));
    for (const path of ['golden/1.png', 'bundle.json', '.DS_Store']) await writeFile(join(folder, path), 'x');
    expect(await listFolder(folder)).toEqual([
      { path: 'bundle.json', lengthBytes: 1 },
      { path: 'golden/1.png', lengthBytes: 1 },
    ]);
  });

  it('with a link, to a file or a folder, is refused instead of followed', async () => {
    for (const [name, to] of [
      ['model.onnx', '/etc/hostname'],
      ['golden', '/etc'],
      ['broken', '/nowhere'],
    ] as const) {
      const own = await temporaryFolder();
      await symlink(to, join(own, name));
      await expect(listFolder(own)).rejects.toMatchObject({ code: 'unsafe-path' });
    }
  });

  it('with a name that is unsafe in a bundle is refused', async () => {
    await writeFile(join(folder, 'a b.onnx'), 'x');
    await expect(listFolder(folder)).rejects.toMatchObject({ code: 'unsafe-path' });
  });
});
