import type { ChunkRef } from '@hamon/contracts';

/** Where verified chunks can be had locally. */
export interface ChunkSource {
  /** Cheap, and no promise: a chunk damaged on disk shows only when it is read. */
  has(chunk: ChunkRef): Promise<boolean>;
  /**
   * The chunk's bytes, their digest checked.
   *
   * @throws ContentError `missing-chunk` where it is not there or was found damaged (it is then gone for good)
   */
  read(chunk: ChunkRef): Promise<Uint8Array>;
}

/** The chunks, each once, that no source has: what remains to be fetched. */
export async function missingChunks(
  wanted: Iterable<ChunkRef>,
  sources: readonly ChunkSource[],
): Promise<ChunkRef[]> {
  const missing = new Map<string, ChunkRef>();
  const present = new Set<string>();
  for (const { sha256, length } of wanted) {
    const chunk = { sha256, length };
    if (missing.has(sha256) || present.has(sha256)) continue;
    if (await hasAny(chunk, sources)) present.add(sha256);
    else missing.set(sha256, chunk);
  }
  return [...missing.values()];
}

async function hasAny(chunk: ChunkRef, sources: readonly ChunkSource[]): Promise<boolean> {
  for (const source of sources) if (await source.has(chunk)) return true;
  return false;
}
