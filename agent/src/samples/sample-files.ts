import { join } from 'node:path';
import { ContentError, digestOf, type Disk } from '@hamon/content';
import { MAX_SAMPLE_META_BYTES } from '@hamon/contracts';
import { entryOf, KEY, KeptSample, keyOf, metaBytesOf, type SampleEntry } from './kept-sample.js';

const PARTIAL = '.partial';
const SHA256 = /^[0-9a-f]{64}$/;
/** What a file may have beside its metadata. */
const MOST_BYTES = MAX_SAMPLE_META_BYTES + 4096;

/**
 * Pictures by their digest, and a file of metadata for each sample. A file takes its name when it is whole and on the
 * medium, the picture before its metadata: whatever a kill leaves is either a whole sample or swept away.
 */
export class SampleFiles {
  private readonly pictures: string;
  private readonly metas: string;

  constructor(
    readonly folder: string,
    private readonly disk: Disk,
  ) {
    this.pictures = join(folder, 'pictures');
    this.metas = join(folder, 'meta');
  }

  /**
   * What is whole; the rest is removed. Whatever cannot be read now is left alone.
   *
   * @param onFound told of each in order of time; together they may be larger than the memory
   */
  async open(onFound: (sample: KeptSample, entry: SampleEntry) => void): Promise<void> {
    await this.disk.makeFolder(this.pictures);
    await this.disk.makeFolder(this.metas);
    const there = new Set((await this.disk.list(this.pictures)).filter((name) => SHA256.test(name)));
    const used = new Set<string>();
    for (const name of (await this.disk.list(this.metas)).sort()) {
      const sample = KEY.test(name) ? await this.read(name) : undefined;
      if (sample && keyOf(sample.meta) === name && there.has(sample.meta.sha256)) {
        used.add(sample.meta.sha256);
        onFound(sample, entryOf(sample, metaBytesOf(sample)));
      } else await this.removeMeta(name);
    }
    for (const name of await this.disk.list(this.pictures)) {
      if (!used.has(name)) await this.removePicture(name);
    }
  }

  /** Undefined where it is gone, torn, or not what this agent writes. */
  async read(key: string): Promise<KeptSample | undefined> {
    try {
      const text = await this.bytesOf(join(this.metas, key), MOST_BYTES);
      return KeptSample.parse(JSON.parse(Buffer.from(text).toString('utf8'))) as KeptSample;
    } catch {
      return undefined;
    }
  }

  /** Undefined where it is gone, or is not what it was. */
  async picture({ sha256, bytes }: Pick<SampleEntry, 'sha256' | 'bytes'>): Promise<Uint8Array | undefined> {
    const found = await this.bytesOf(join(this.pictures, sha256), bytes).catch(() => undefined);
    return found && digestOf(found) === sha256 ? found : undefined;
  }

  /** @throws what the system says; nothing of it is left then */
  writePicture(sha256: string, picture: Uint8Array): Promise<void> {
    return this.write(this.pictures, sha256, picture);
  }

  /** Answers the bytes that it takes. @throws likewise; what was there before stays */
  async writeMeta(sample: KeptSample): Promise<number> {
    const bytes = Buffer.from(JSON.stringify(sample));
    await this.write(this.metas, keyOf(sample.meta), bytes);
    return bytes.byteLength;
  }

  removeMeta(key: string): Promise<void> {
    return this.disk.remove(join(this.metas, key));
  }

  removePicture(sha256: string): Promise<void> {
    return this.disk.remove(join(this.pictures, sha256));
  }

  private async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const partial = join(folder, `${name}${PARTIAL}`);
    await this.disk.remove(partial);
    const file = await this.disk.create(partial);
    try {
      try {
        await file.write(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.disk.rename(partial, join(folder, name));
    } catch (cause) {
      await this.disk.remove(partial).catch(() => undefined);
      throw cause;
    }
    await this.disk.syncFolder(folder);
  }

  private async bytesOf(path: string, most: number): Promise<Uint8Array> {
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file' || entry.lengthBytes > most) {
      throw new ContentError('missing-file', `${path} is no file of at most ${most} bytes`);
    }
    const file = await this.disk.openRead(path);
    try {
      const bytes = new Uint8Array(entry.lengthBytes);
      const count = await file.read(bytes, 0);
      return bytes.subarray(0, count);
    } finally {
      await file.close();
    }
  }
}
