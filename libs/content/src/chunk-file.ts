import { createHash } from 'node:crypto';
import { MAX_CHUNK_BYTES, type ChunkRef } from '@hamon/contracts';
import { describingFaults } from './content-error.js';
import { digestOf } from './digest.js';
import { nodeDisk, type Disk } from './disk.js';
import { reading } from './file-io.js';

/** One chunk and where it begins in its file. */
export interface ChunkSpan extends ChunkRef {
  readonly offset: number;
}

export interface ChunkedFile {
  readonly sha256: string;
  readonly length: number;
  readonly chunks: readonly ChunkSpan[];
}

/** Cuts bytes into chunks of `MAX_CHUNK_BYTES`, the last one shorter; no bytes, no chunks. */
export function chunkBytes(bytes: Uint8Array): ChunkSpan[] {
  const chunks: ChunkSpan[] = [];
  for (let offset = 0; offset < bytes.byteLength; offset += MAX_CHUNK_BYTES) {
    const chunk = bytes.subarray(offset, offset + MAX_CHUNK_BYTES);
    chunks.push({ sha256: digestOf(chunk), length: chunk.byteLength, offset });
  }
  return chunks;
}

/** `chunkBytes` for a file of any size, one chunk in memory at a time, with the whole file's digest. */
export function chunkFile(path: string, disk: Disk = nodeDisk): Promise<ChunkedFile> {
  return describingFaults(`reading ${path}`, () =>
    reading(disk, path, async (file) => {
      const whole = createHash('sha256');
      const buffer = new Uint8Array(MAX_CHUNK_BYTES);
      const chunks: ChunkSpan[] = [];
      let offset = 0;
      for (;;) {
        const count = await file.read(buffer, offset);
        if (count === 0) break;
        const bytes = buffer.subarray(0, count);
        whole.update(bytes);
        chunks.push({ sha256: digestOf(bytes), length: count, offset });
        offset += count;
        if (count < MAX_CHUNK_BYTES) break;
      }
      return { sha256: whole.digest('hex'), length: offset, chunks };
    }),
  );
}
