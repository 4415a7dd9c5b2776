import type { ChunkRef } from '@hamon/contracts';

/** How often chunks were asked for in vain, by digest: it counts on where a download was interrupted. */
export type ChunkTries = Map<string, { readonly asks: number; readonly corrupt: number }>;

/** What installing a bundle needs to know of how chunks arrive. */
export interface ChunkFetcher {
  /**
   * Into the device's store, each chunk once; what is there already is not asked for. Stops and resumes at any chunk.
   *
   * @param onChunk called for each chunk that is there
   * @param tries of earlier calls for the same bundle
   * @throws AgentError `chunk-unavailable`; ContentError `disk-full`, `io`; the signal's reason
   */
  fetch(
    chunks: readonly ChunkRef[],
    onChunk: () => void,
    signal: AbortSignal,
    tries?: ChunkTries,
  ): Promise<void>;
}
