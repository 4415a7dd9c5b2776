import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_CHUNK_BYTES } from '@hamon/contracts';
import fc from 'fast-check';
import { assembleBundle } from '../src/assemble-bundle.js';
import type { BuiltIndex } from '../src/build-index.js';
import { BundleChunks } from '../src/bundle-chunks.js';
import { missingChunks } from '../src/chunk-source.js';
import { digestOf } from '../src/digest.js';
import type { ChunkStore } from '../src/chunk-store.js';
import { INSTALLED_INDEX, readInstalledIndex, verifyBundle } from '../src/verify-bundle.js';
import {
  builtFrom,
  chunksOf,
  contentsOf,
  filledStore,
  someFiles,
  temporaryFolder,
  type Files,
} from './content-fixture.js';
import { diskFailingAt, diskWithRoom } from './faulty-disk.js';

let folder: string;
let target: string;
let files: Files;
let built: BuiltIndex;
let store: ChunkStore;

beforeEach(async () => {
  folder = await temporaryFolder();
  target = join(folder, 'bundles', 'b');
  await mkdir(join(folder, 'bundles'));
  files = someFiles();
  built = await builtFrom(join(folder, 'source'), files);
  store = await filledStore(join(folder, 'chunks'), await chunksOf(join(folder, 'source'), built));
});

/** Exactly the bundle's files, and nothing half beside it. */
async function expectWhole(): Promise<void> {
  const { [INSTALLED_INDEX]: index, ...found } = await contentsOf(target);
  expect(index).toBe(built.ref.sha256);
  expect(found).toEqual(Object.fromEntries(Object.entries(files).map(([path, v]) => [path, digestOf(v)])));
  expect(await readdir(join(folder, 'bundles'))).toEqual(['b']);
}

describe('assembling', () => {
  it('gives back every byte of any files', async () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}(\/[a-z]{1,3}\.bin)?$/), {
      minLength: 1,
      maxLength: 4,
    });
    const sizes = fc.array(fc.constantFrom(0, 1, 700, MAX_CHUNK_BYTES, MAX_CHUNK_BYTES + 7), {
      minLength: 4,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(paths, sizes, async (names, lengths) => {
        fc.pre(names.every((name) => !names.some((other) => other.startsWith(`${name}/`))));
        const own = await temporaryFolder();
        const some: Files = Object.fromEntries([
          ['bundle.json', Buffer.from('{}')],
          ...names.map((name, i) => [name, randomBytes(lengths[i]!)] as const),
        ]);
        const from = await builtFrom(join(own, 'source'), some);
        const chunks = await filledStore(join(own, 'chunks'), await chunksOf(join(own, 'source'), from));
        await assembleBundle(from.index, [chunks], join(own, 'b'));
        await verifyBundle(join(own, 'b'), from.index);
        const { [INSTALLED_INDEX]: _index, ...found } = await contentsOf(join(own, 'b'));
        expect(found).toEqual(await contentsOf(join(own, 'source')));
        await rm(own, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });

  it('leaves the index with the bundle, readable under its digest only', async () => {
    await assembleBundle(built.index, [store], target);
    expect(await readInstalledIndex(target, built.ref.sha256)).toEqual(built.index);
    await expect(readInstalledIndex(target, 'f'.repeat(64))).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    await expectWhole();
  });

  it('again changes nothing and needs no chunk', async () => {
    await assembleBundle(built.index, [store], target);
    await assembleBundle(built.index, [], target);
    await expectWhole();
  });

  it('replaces a bundle that was damaged on disk', async () => {
    await assembleBundle(built.index, [store], target);
    await writeFile(join(target, 'model.fp32.onnx'), randomBytes(300_000));
    await assembleBundle(built.index, [store], target);
    await expectWhole();
  });

  it('says which chunk is missing and leaves no folder', async () => {
    const [, lost] = built.index.files.find(({ path }) => path === 'model.fp32.onnx')!.chunks;
    await store.keepOnly(new Set(built.chunks.map((c) => c.sha256).filter((c) => c !== lost!.sha256)));
    await expect(assembleBundle(built.index, [store], target)).rejects.toMatchObject({
      code: 'missing-chunk',
    });
    expect(await readdir(join(folder, 'bundles'))).toEqual([]);
    expect(
      await missingChunks(
        built.index.files.flatMap((f) => f.chunks),
        [store],
      ),
    ).toEqual([lost]);
  });

  it('refuses an index whose chunks do not make its file', async () => {
    const index = structuredClone(built.index);
    index.files[0]!.sha256 = 'e'.repeat(64);
    await expect(assembleBundle(index, [store], target)).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(await readdir(join(folder, 'bundles'))).toEqual([]);
  });

  it('fetches nothing that an installed bundle has, and falls back to the store where that one is damaged', async () => {
    const first = join(folder, 'bundles', 'first');
    await assembleBundle(built.index, [store], first);
    await store.keepOnly(new Set());
    files = { ...files, 'bundle.json': Buffer.from('{"version":2}') };
    built = await builtFrom(join(folder, 'source2'), files);
    const installed = new BundleChunks(
      first,
      await readInstalledIndex(first, (await builtFromFirst()).ref.sha256),
    );
    const wanted = built.index.files.flatMap(({ chunks }) => chunks);
    const missing = await missingChunks(wanted, [store, installed]);
    expect(missing).toEqual(built.index.files.find(({ path }) => path === 'bundle.json')!.chunks);

    const all = await chunksOf(join(folder, 'source2'), built);
    for (const [chunk, bytes] of all) if (chunk.sha256 === missing[0]!.sha256) await store.put(chunk, bytes);
    await writeFile(join(first, 'golden/0.png'), 'damaged');
    await expect(assembleBundle(built.index, [installed, store], target)).rejects.toMatchObject({
      code: 'missing-chunk',
    });
    for (const [chunk, bytes] of all) await store.put(chunk, bytes);
    await assembleBundle(built.index, [installed, store], target);
    await rm(first, { recursive: true });
    await expectWhole();

    async function builtFromFirst() {
      return builtFrom(join(folder, 'source'), {
        ...files,
        'bundle.json': Buffer.from('{"schema":"hamon.bundle/1"}'),
      });
    }
  });

  it('stops when told to', async () => {
    await expect(
      assembleBundle(built.index, [store], target, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(join(folder, 'bundles'))).toEqual([]);
  });

  it('on a full disk says so, leaves nothing behind and works when there is room', async () => {
    const disk = diskWithRoom(200_000);
    await expect(assembleBundle(built.index, [store], target, { disk })).rejects.toMatchObject({
      code: 'disk-full',
      cause: { code: 'ENOSPC' },
    });
    expect(await readdir(join(folder, 'bundles'))).toEqual([]);
    disk.roomBytes = 1e9;
    await assembleBundle(built.index, [store], target, { disk });
    await expectWhole();
  });

  it('is absent or whole wherever the disk fails, and succeeds afterwards', async () => {
    const counting = diskFailingAt(Infinity, 'EIO');
    await assembleBundle(built.index, [store], target, { disk: counting });
    expect(counting.operations).toBeGreaterThan(10);
    for (let operation = 1; operation <= counting.operations; operation += 1) {
      await rm(target, { recursive: true });
      const disk = diskFailingAt(operation, 'EIO');
      await expect(assembleBundle(built.index, [store], target, { disk })).rejects.toMatchObject({
        code: 'io',
      });
      // The last operation syncs the folder after the rename: the bundle is there, and whole.
      if (operation === counting.operations) await verifyBundle(target, built.index);
      else expect(await readdir(join(folder, 'bundles'))).toEqual([]);
      await assembleBundle(built.index, [store], target);
      await expectWhole();
    }
  });
});

describe('verifying', () => {
  beforeEach(() => assembleBundle(built.index, [store], target));

  it.each<[string, string, () => Promise<unknown>]>([
    ['an altered file', 'digest-mismatch', () => writeFile(join(target, 'golden/0.png'), randomBytes(2_000))],
    ['a cut file', 'length-mismatch', () => writeFile(join(target, 'golden/0.png'), 'x')],
    ['a lost file', 'missing-file', () => rm(join(target, 'golden/0.png'))],
    ['one file more', 'unexpected-file', () => writeFile(join(target, 'golden/1.png'), 'x')],
    [
      'a link in the place of a file',
      'unsafe-path',
      async () => {
        await rm(join(target, 'model.fp32.onnx'));
        await symlink(join(folder, 'source', 'model.fp32.onnx'), join(target, 'model.fp32.onnx'));
      },
    ],
    [
      'a link in the place of a folder',
      'unsafe-path',
      async () => {
        await rm(join(target, 'golden'), { recursive: true });
        await symlink(join(folder, 'source', 'golden'), join(target, 'golden'));
      },
    ],
  ])('finds %s: %s', async (_name, code, spoil) => {
    await verifyBundle(target, built.index);
    await spoil();
    await expect(verifyBundle(target, built.index)).rejects.toMatchObject({ code });
  });
});
