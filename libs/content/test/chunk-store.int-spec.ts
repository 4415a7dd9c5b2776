import { randomBytes } from 'node:crypto';
import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { missingChunks } from '../src/chunk-source.js';
import { ChunkStore } from '../src/chunk-store.js';
import { digestOf } from '../src/digest.js';
import { contentsOf, temporaryFolder } from './content-fixture.js';
import { diskFailingAt, diskWithRoom } from './faulty-disk.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const chunkOf = (bytes: Uint8Array) => ({ sha256: digestOf(bytes), length: bytes.byteLength });
const open = (maxBytes = 1e6) => ChunkStore.open(folder, { maxBytes });

describe('a chunk store', () => {
  it('keeps what it was given over a restart, once', async () => {
    const bytes = randomBytes(1000);
    const store = await open();
    await Promise.all([store.put(chunkOf(bytes), bytes), store.put(chunkOf(bytes), bytes)]);
    await store.put(chunkOf(bytes), bytes);
    expect(store.usedBytes).toBe(1000);
    const again = await open();
    expect(again.usedBytes).toBe(1000);
    expect(Buffer.from(await again.read(chunkOf(bytes)))).toEqual(bytes);
    expect(await readdir(folder)).toEqual([digestOf(bytes)]);
  });

  it.each([
    ['other bytes', 'digest-mismatch', randomBytes(1000)],
    ['fewer bytes', 'length-mismatch', randomBytes(999)],
    ['no bytes', 'length-mismatch', Buffer.alloc(0)],
  ])('refuses %s and stores nothing: %s', async (_name, code, bytes) => {
    const store = await open();
    await expect(store.put(chunkOf(randomBytes(1000)), bytes)).rejects.toMatchObject({ code });
    expect(await readdir(folder)).toEqual([]);
    expect(store.usedBytes).toBe(0);
  });

  it.each(['altered', 'cut', 'gone'])(
    'finds a chunk that was %s on disk, and asks for it again',
    async (how) => {
      const bytes = randomBytes(1000);
      const store = await open();
      await store.put(chunkOf(bytes), bytes);
      const path = join(folder, digestOf(bytes));
      if (how === 'altered') await writeFile(path, randomBytes(1000));
      else if (how === 'cut') await truncate(path, 10);
      else await store.keepOnly(new Set());
      await expect(store.read(chunkOf(bytes))).rejects.toMatchObject({ code: 'missing-chunk' });
      expect(await missingChunks([chunkOf(bytes)], [store])).toEqual([chunkOf(bytes)]);
      await store.put(chunkOf(bytes), bytes);
      expect(Buffer.from(await store.read(chunkOf(bytes)))).toEqual(bytes);
      expect(store.usedBytes).toBe(1000);
    },
  );

  it('knows of chunks beside those that are wanted, and removes them only', async () => {
    const store = await open();
    const [wanted, other] = [randomBytes(10), randomBytes(20)];
    await store.put(chunkOf(wanted), wanted);
    expect(store.hasOthersThan(new Set([digestOf(wanted), digestOf(other)]))).toBe(false);
    await store.put(chunkOf(other), other);
    expect(store.hasOthersThan(new Set([digestOf(wanted)]))).toBe(true);
    await store.keepOnly(new Set([digestOf(wanted)]));
    expect(store.hasOthersThan(new Set([digestOf(wanted)]))).toBe(false);
    expect(store.usedBytes).toBe(10);
  });

  it('does not count a chunk that was cut while nobody ran', async () => {
    const bytes = randomBytes(1000);
    await (await open()).put(chunkOf(bytes), bytes);
    await truncate(join(folder, digestOf(bytes)), 10);
    expect(await (await open()).has(chunkOf(bytes))).toBe(false);
  });

  it('never grows beyond its share, however many come at once', async () => {
    const store = await open(2500);
    const puts = Array.from({ length: 5 }, () => randomBytes(1000)).map((b) => store.put(chunkOf(b), b));
    const results = await Promise.allSettled(puts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'disk-full' },
    });
    expect(Object.keys(await contentsOf(folder))).toHaveLength(2);
  });

  it('on a full disk says so, leaves no halves and goes on when there is room', async () => {
    const disk = diskWithRoom(1500);
    const store = await ChunkStore.open(folder, { maxBytes: 1e6, disk });
    const [a, b] = [randomBytes(1000), randomBytes(1000)];
    await store.put(chunkOf(a), a);
    await expect(store.put(chunkOf(b), b)).rejects.toMatchObject({
      code: 'disk-full',
      cause: { code: 'ENOSPC' },
    });
    expect(Object.keys(await contentsOf(folder))).toEqual([digestOf(a)]);
    expect(store.usedBytes).toBe(1000);
    disk.roomBytes = 5000;
    await store.put(chunkOf(b), b);
    expect(await store.has(chunkOf(b))).toBe(true);
  });

  it('never keeps a chunk whose write failed anywhere', async () => {
    const bytes = randomBytes(1000);
    // mkdir, open, write, fsync, rename
    for (let operation = 2; operation <= 5; operation += 1) {
      const own = await temporaryFolder();
      const store = await ChunkStore.open(own, { maxBytes: 1e6, disk: diskFailingAt(operation, 'EIO') });
      await expect(store.put(chunkOf(bytes), bytes)).rejects.toMatchObject({ code: 'io' });
      expect(await store.has(chunkOf(bytes))).toBe(false);
      expect((await readdir(own)).filter((name) => !name.endsWith('.partial'))).toEqual([]);
    }
  });

  it('takes no stock of what it did not write', async () => {
    await writeFile(join(folder, 'abc.partial'), 'half');
    await writeFile(join(folder, 'notes.txt'), 'hello');
    const store = await open();
    expect(store.usedBytes).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});
