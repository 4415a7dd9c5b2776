import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeDisk, type Disk } from '@hamon/content';
import { temporaryFolder } from '@hamon/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeBytes } from '../../src/adapters/disk-space.js';
import { SampleFiles } from '../../src/samples/sample-files.js';
import { SampleStore } from '../../src/samples/sample-store.js';
import { FullDisk } from '../support/full-disk.js';
import { canMount, SmallDisk } from '../support/small-disk.js';
import { QUOTA, sampleMeta } from './support.js';

const MB = 1024 ** 2;
const NOW = new Date('2026-11-29T12:00:00Z');
let folder: string;
let quota = QUOTA;
let free = 1e12;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'samples');
  quota = QUOTA;
  free = 1e12;
});

const open = (disk = nodeDisk): Promise<SampleStore> =>
  SampleStore.open({
    files: new SampleFiles(folder, disk),
    quota: () => quota,
    freeBytes: () => Promise.resolve(free),
    now: () => NOW,
  });
const atHour = (hour: number): string => `2026-11-29T${String(hour).padStart(2, '0')}:00:00.000Z`;
const ids = (store: SampleStore): string[] => store.page({ limit: 500 }).entries.map(({ id }) => id);
const pictures = async (): Promise<number> => (await readdir(join(folder, 'pictures'))).length;

describe('kept samples', () => {
  it('are there after a restart as they were, and their pictures are those of their digests', async () => {
    const store = await open();
    const picture = randomBytes(5000);
    const meta = sampleMeta(picture);
    expect(await store.add(meta, picture)).toBe('kept');
    expect(await store.add(meta, picture)).toBe('known');
    await store.markUploaded(meta.id);
    const again = await open();
    expect([again.count, again.bytes, again.unsent]).toEqual([1, store.bytes, 0]);
    const entry = again.find(meta.id)!;
    expect(await again.read(entry)).toMatchObject({ meta, uploadedAt: NOW.toISOString() });
    expect(Buffer.from((await again.picture(entry))!)).toEqual(picture);
  });

  it('are counted in bytes as they lie on the disk, before a restart and after it', async () => {
    const store = await open();
    const picture = randomBytes(100);
    // Three bytes each in UTF-8, one unit each in a string.
    const meta = sampleMeta(picture, { frame: '検査画像'.repeat(500) });
    quota = { ...QUOTA, maxMb: 12_287 / MB };
    expect(await store.add(meta, picture)).toBe('no-room');
    quota = QUOTA;
    expect(await store.add(meta, picture)).toBe('kept');
    const again = await open();
    expect([store.bytes, again.bytes]).toEqual([12_288, 12_288]);
    expect(again.find(meta.id)).toEqual(store.find(meta.id));
  });

  it('are read one after the other at a start, and none is held', async () => {
    const store = await open();
    for (let hour = 1; hour <= 3; hour += 1) {
      const picture = randomBytes(100);
      await store.add(sampleMeta(picture, { at: atHour(hour) }), picture);
    }
    let reads = 0;
    const readsWhenFound: number[] = [];
    const disk: Disk = {
      ...nodeDisk,
      openRead: (path) => {
        reads += 1;
        return nodeDisk.openRead(path);
      },
    };
    await SampleStore.open(
      {
        files: new SampleFiles(folder, disk),
        ...{ quota: () => quota, freeBytes: () => Promise.resolve(free), now: () => NOW },
      },
      () => readsWhenFound.push(reads),
    );
    expect(readsWhenFound).toEqual([1, 2, 3]);
  });

  it('share one picture of the same bytes until the last of them goes', async () => {
    const store = await open();
    const picture = randomBytes(2 * MB);
    quota = { ...QUOTA, maxMb: 5 };
    await store.add(sampleMeta(picture, { at: atHour(1) }), picture);
    await store.add(sampleMeta(picture, { at: atHour(2) }), picture);
    expect([store.count, await pictures()]).toEqual([2, 1]);
    const other = randomBytes(3 * MB);
    await store.add(sampleMeta(other, { at: atHour(3) }), other);
    expect([store.count, await pictures()]).toEqual([1, 1]);
  });

  it('stay within their quota in bytes and days, the oldest go first', async () => {
    const store = await open();
    quota = { ...QUOTA, maxMb: 1, maxDays: 2 };
    const metas = Array.from({ length: 6 }, (_, i) => sampleMeta(randomBytes(0), { at: atHour(i) }));
    for (const meta of metas) {
      const picture = randomBytes(250_000);
      await store.add({ ...meta, ...sampleMeta(picture, { id: meta.id, at: meta.at }) }, picture);
      expect(store.bytes).toBeLessThanOrEqual(MB);
    }
    expect(ids(store)).toEqual([5, 4, 3, 2].map((i) => metas[i]!.id).slice(0, store.count));
    expect([store.count, store.removed]).toEqual([4, 2]);
    const old = sampleMeta(Buffer.from('old'), { at: '2026-11-20T00:00:00.000Z' });
    await store.add(old, Buffer.from('old'));
    await store.tidy();
    expect(store.has(old.id)).toBe(false);
  });

  it('take no more of the disk than leaves free what must be, and give way to others', async () => {
    const store = await open();
    quota = { ...QUOTA, minFreeMb: 10 };
    const picture = randomBytes(MB);
    await store.add(sampleMeta(picture), picture);
    free = 10.5 * MB;
    const another = randomBytes(MB);
    expect(await store.add(sampleMeta(another), another)).toBe('no-room');
    expect([store.count, await pictures()]).toEqual([0, 0]);
    free = 100 * MB;
    expect(await store.add(sampleMeta(another), another)).toBe('kept');
    free = 0;
    await store.tidy();
    expect([store.count, store.bytes, await pictures()]).toEqual([0, 0, 0]);
  });

  it.each([
    ['while the picture is written', 'pictures'],
    ['while what is said of it is written', 'meta'],
  ])('leave nothing behind on a disk that is full %s', async (_, part) => {
    const full = new FullDisk();
    const store = await open(full.disk);
    const picture = randomBytes(5000);
    full.isFullFor = (path) => path.includes(`/${part}/`);
    await expect(store.add(sampleMeta(picture), picture)).rejects.toThrow('ENOSPC');
    expect([store.count, store.bytes, await pictures()]).toEqual([0, 0, 0]);
    expect(await readdir(join(folder, 'meta'))).toEqual([]);
    full.isFullFor = () => false;
    expect(await store.add(sampleMeta(picture), picture)).toBe('kept');
  });

  it('are whole after a kill at any moment, and what is not is swept away', async () => {
    const store = await open();
    const picture = randomBytes(100);
    const meta = sampleMeta(picture);
    await store.add(meta, picture);
    const said = join(folder, 'meta');
    await writeFile(join(folder, 'pictures', 'f'.repeat(64)), 'a picture of which nothing is said');
    await writeFile(join(folder, 'pictures', `${'e'.repeat(64)}.partial`), 'half');
    const lone = sampleMeta(Buffer.from('gone'), { id: randomUUID() });
    const text = { schema: 'hamon.kept-sample/1', meta: lone, uploadedAt: null, refused: null };
    await writeFile(
      join(said, `${String(Date.parse(lone.at)).padStart(14, '0')}-${lone.id}`),
      JSON.stringify(text),
    );
    await writeFile(join(said, `00000000000001-${randomUUID()}`), '{"torn');
    const again = await open();
    expect(ids(again)).toEqual([meta.id]);
    expect([await pictures(), (await readdir(said)).length]).toEqual([1, 1]);
  });

  it('are listed newest first, page by page, also of one stream', async () => {
    const store = await open();
    for (let i = 0; i < 7; i += 1) {
      const picture = randomBytes(10);
      await store.add(sampleMeta(picture, { at: atHour(i), stream: i % 2 ? 'odd' : 'even' }), picture);
    }
    const first = store.page({ limit: 3 });
    const second = store.page({ limit: 3, after: first.next! });
    const third = store.page({ limit: 3, after: second.next! });
    expect([...first.entries, ...second.entries, ...third.entries].map(({ id }) => id)).toEqual(ids(store));
    expect(third.next).toBeNull();
    expect(store.page({ limit: 9, stream: 'odd' }).entries).toHaveLength(3);
  });

  it('learn more until they are sent', async () => {
    const store = await open();
    const picture = randomBytes(10);
    const meta = sampleMeta(picture);
    await store.add(meta, picture);
    await store.amend(meta.id, (before) => ({ ...before, reasons: [...before.reasons, 'shadow-current'] }));
    expect((await store.read(store.find(meta.id)!))?.meta.reasons).toEqual(['defect', 'shadow-current']);
    await store.markUploaded(meta.id);
    await store.amend(meta.id, (before) => ({ ...before, reasons: ['random'] }));
    expect((await store.read(store.find(meta.id)!))?.meta.reasons).toEqual(['defect', 'shadow-current']);
  });
});

describe.skipIf(!canMount())('kept samples on a small disk (needs an account that may mount)', () => {
  let disk: SmallDisk | undefined;
  afterEach(() => disk?.unmount());

  it('never fill it', async () => {
    disk = await SmallDisk.mount('8m');
    const at = disk.folder;
    quota = { ...QUOTA, minFreeMb: 2 };
    const store = await SampleStore.open({
      files: new SampleFiles(at, nodeDisk),
      quota: () => quota,
      freeBytes: () => freeBytes(at),
      now: () => NOW,
    });
    for (let i = 0; i < 40; i += 1) {
      const picture = randomBytes(500_000);
      expect(await store.add(sampleMeta(picture, { at: atHour(i % 12) }), picture)).toBe('kept');
      expect(await freeBytes(at)).toBeGreaterThanOrEqual(2 * MB);
    }
    const before = store.count;
    await writeFile(join(at, 'of-others'), randomBytes(1.8 * MB));
    await store.tidy();
    expect(await freeBytes(at)).toBeGreaterThanOrEqual(2 * MB);
    expect(store.count).toBeLessThan(before);
  });
});
