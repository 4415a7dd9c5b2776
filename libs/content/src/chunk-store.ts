import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Sha256, type ChunkRef } from '@hamon/contracts';
import type { ChunkSource } from './chunk-source.js';
import { ContentError, describingFaults } from './content-error.js';
import { digestOf } from './digest.js';
import { nodeDisk, type Disk } from './disk.js';
import { readRange, writing } from './file-io.js';

export interface ChunkStoreOptions {
  /** The store's share of the disk; a chunk that would exceed it is refused as `disk-full`. */
  readonly maxBytes: number;
  readonly disk?: Disk;
}

/**
 * A folder of chunks, each in a file named by its SHA-256. Bytes are verified before they get that name and again
 * whenever they are read. One process uses a folder at a time.
 */
export class ChunkStore implements ChunkSource {
  private constructor(
    private readonly folder: string,
    private readonly maxBytes: number,
    private readonly disk: Disk,
    /** Lengths of what is there, by digest. */
    private readonly lengths: Map<string, number>,
    private bytesUsed: number,
  ) {}

  /** Makes the folder where needed, and takes stock; what a killed process left unfinished is removed. */
  static open(folder: string, { maxBytes, disk = nodeDisk }: ChunkStoreOptions): Promise<ChunkStore> {
    return describingFaults(`opening the chunk store ${folder}`, async () => {
      await disk.makeFolder(folder);
      const lengths = new Map<string, number>();
      let used = 0;
      for (const name of await disk.list(folder)) {
        const entry = await disk.stat(join(folder, name));
        if (Sha256.safeParse(name).success && entry?.kind === 'file') {
          lengths.set(name, entry.lengthBytes);
          used += entry.lengthBytes;
        } else {
          await disk.remove(join(folder, name));
        }
      }
      return new ChunkStore(folder, maxBytes, disk, lengths, used);
    });
  }

  get usedBytes(): number {
    return this.bytesUsed;
  }

  has({ sha256, length }: ChunkRef): Promise<boolean> {
    return Promise.resolve(this.lengths.get(sha256) === length);
  }

  /**
   * Keeps a chunk; nothing is written for wrong bytes or a chunk that is already there.
   *
   * @throws ContentError `length-mismatch`, `digest-mismatch`, `disk-full`, `io`
   */
  async put(chunk: ChunkRef, bytes: Uint8Array): Promise<void> {
    const { sha256, length } = chunk;
    if (bytes.byteLength !== length) {
      throw new ContentError('length-mismatch', `chunk ${sha256}: ${bytes.byteLength} bytes, not ${length}`);
    }
    if (digestOf(bytes) !== sha256) {
      throw new ContentError('digest-mismatch', `chunk ${sha256}: its bytes have another digest`);
    }
    if (await this.has(chunk)) return;
    if (this.bytesUsed + length > this.maxBytes) {
      throw new ContentError('disk-full', `the chunk store is at its limit of ${this.maxBytes} bytes`);
    }
    // Booked before the first await, so that parallel puts cannot exceed the limit together.
    this.bytesUsed += length;
    try {
      await describingFaults(`writing chunk ${sha256}`, () => this.write(sha256, bytes));
    } catch (cause) {
      this.bytesUsed -= length;
      throw cause;
    }
    this.bytesUsed -= this.lengths.get(sha256) ?? 0;
    this.lengths.set(sha256, length);
  }

  /**
   * The folder itself is not synced: a power cut may then lose the newest names, and those chunks are fetched again,
   * which is cheaper than a sync of the folder per chunk. The bytes are synced before they get their name.
   */
  private async write(sha256: string, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.folder, `${randomUUID()}.partial`);
    await writing(this.disk, temporary, (file) => file.write(bytes));
    await this.disk.rename(temporary, join(this.folder, sha256));
  }

  async read({ sha256, length }: ChunkRef): Promise<Uint8Array> {
    if (this.lengths.get(sha256) === length) {
      const bytes = await describingFaults(`reading chunk ${sha256}`, () =>
        readRange(this.disk, join(this.folder, sha256), 0, length),
      ).catch((cause: unknown) => {
        if (cause instanceof ContentError && cause.code === 'missing-file') return undefined;
        throw cause;
      });
      if (bytes && digestOf(bytes) === sha256) return bytes;
      await this.remove(sha256);
    }
    throw new ContentError('missing-chunk', `chunk ${sha256} is not in the store, or was damaged on disk`);
  }

  /** Is there a chunk that is none of these? */
  hasOthersThan(sha256s: ReadonlySet<string>): boolean {
    return [...this.lengths.keys()].some((sha256) => !sha256s.has(sha256));
  }

  /** Removes every other chunk. */
  async keepOnly(sha256s: ReadonlySet<string>): Promise<void> {
    for (const sha256 of [...this.lengths.keys()]) {
      if (!sha256s.has(sha256)) await this.remove(sha256);
    }
  }

  private async remove(sha256: string): Promise<void> {
    await describingFaults(`removing chunk ${sha256}`, () => this.disk.remove(join(this.folder, sha256)));
    this.bytesUsed -= this.lengths.get(sha256) ?? 0;
    this.lengths.delete(sha256);
  }
}
