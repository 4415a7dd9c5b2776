import { type BundleIndex, type BundleRef, type ChunkRef } from '@hamon/contracts';
import { chunkBytes, chunkFile, type ChunkedFile } from './chunk-file.js';
import { digestOf } from './digest.js';
import { nodeDisk, type Disk } from './disk.js';
import { encodeIndex } from './index-codec.js';

/** One file of a bundle: its path inside the bundle, and where its bytes are now. */
export interface SourceFile {
  readonly path: string;
  readonly source: string;
}

/** Where the bytes of a chunk can be read: `length` bytes at `offset` of the artifact with this digest. */
export interface ChunkOrigin {
  readonly sha256: string;
  readonly length: number;
  readonly artifact: string;
  readonly offset: number;
}

export interface BuiltIndex {
  readonly index: BundleIndex;
  /** The index in canonical JSON, an artifact of its own. */
  readonly bytes: Uint8Array;
  /** What a manifest says of the bundle: digest, length and chunks of the index. */
  readonly ref: BundleRef;
  /** Every chunk once, those of the index included. */
  readonly chunks: readonly ChunkOrigin[];
  /** All files, without the index. */
  readonly lengthBytes: number;
}

/**
 * Chunks files and writes down their index. `files` must include `bundle.json` and name each path once; order does not
 * matter.
 *
 * @throws ContentError where a file cannot be read; ZodError where the files make no valid index
 */
export async function buildIndex(files: readonly SourceFile[], disk: Disk = nodeDisk): Promise<BuiltIndex> {
  // By code unit, as the index's schema compares, whatever the machine's locale.
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const chunked: (ChunkedFile & { path: string })[] = [];
  for (const { path, source } of sorted) chunked.push({ path, ...(await chunkFile(source, disk)) });

  const index: BundleIndex = {
    schema: 'hamon.index/1',
    files: chunked.map(({ path, length, sha256, chunks }) => ({
      path,
      length,
      sha256,
      chunks: chunks.map(asRef),
    })),
  };
  const bytes = encodeIndex(index);
  const own: ChunkedFile = { sha256: digestOf(bytes), length: bytes.byteLength, chunks: chunkBytes(bytes) };
  return {
    index,
    bytes,
    ref: { sha256: own.sha256, length: own.length, chunks: own.chunks.map(asRef) },
    chunks: originsOf([...chunked, own]),
    lengthBytes: chunked.reduce((sum, { length }) => sum + length, 0),
  };
}

const asRef = ({ sha256, length }: ChunkRef): ChunkRef => ({ sha256, length });

function originsOf(files: readonly ChunkedFile[]): ChunkOrigin[] {
  const origins = new Map<string, ChunkOrigin>();
  for (const file of files) {
    for (const { sha256, length, offset } of file.chunks) {
      if (!origins.has(sha256)) origins.set(sha256, { sha256, length, artifact: file.sha256, offset });
    }
  }
  return [...origins.values()];
}
