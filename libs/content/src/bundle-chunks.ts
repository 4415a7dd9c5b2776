import { join } from 'node:path';
import type { BundleIndex, ChunkRef } from '@hamon/contracts';
import type { ChunkSource } from './chunk-source.js';
import { ContentError, describingFaults } from './content-error.js';
import { digestOf } from './digest.js';
import { nodeDisk, type Disk } from './disk.js';
import { readRange } from './file-io.js';

/**
 * The chunks of an installed bundle, read from its files: a new version that shares weights with an installed one
 * fetches none of them again, and no chunk is kept on disk twice for that.
 */
export class BundleChunks implements ChunkSource {
  private readonly places = new Map<string, { path: string; offset: number; length: number }>();

  constructor(
    private readonly folder: string,
    index: BundleIndex,
    private readonly disk: Disk = nodeDisk,
  ) {
    for (const file of index.files) {
      let offset = 0;
      for (const { sha256, length } of file.chunks) {
        this.places.set(sha256, { path: file.path, offset, length });
        offset += length;
      }
    }
  }

  has({ sha256, length }: ChunkRef): Promise<boolean> {
    return Promise.resolve(this.places.get(sha256)?.length === length);
  }

  async read({ sha256, length }: ChunkRef): Promise<Uint8Array> {
    const place = this.places.get(sha256);
    if (place?.length === length) {
      const bytes = await describingFaults(`reading ${place.path}`, () =>
        readRange(this.disk, join(this.folder, place.path), place.offset, length),
      ).catch((cause: unknown) => {
        if (cause instanceof ContentError && cause.code === 'missing-file') return undefined;
        throw cause;
      });
      if (bytes && digestOf(bytes) === sha256) return bytes;
      this.places.delete(sha256);
    }
    throw new ContentError('missing-chunk', `chunk ${sha256} is not in ${this.folder}, or was damaged there`);
  }
}
