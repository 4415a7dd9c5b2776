import type { ChunkRef } from '@hamon/contracts';

/** What installing a bundle needs to know of how chunks arrive. */
export interface ChunkFetcher {
  /**
   * Into the device's store, each chunk once; what is there already is not asked for. Stops and resumes at any chunk.
   *
   * @param onChunk called for each chunk that is there
   * @throws AgentError `chunk-unavailable`; ContentError `disk-full`, `io`; the signal's reason
   */
  fetch(chunks: readonly ChunkRef[], onChunk: () => void, signal: AbortSignal): Promise<void>;
}
