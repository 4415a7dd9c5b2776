/** Bounds on what a file may make the reader hold; a file beyond one is refused as `too-large` before it is decoded. */
export interface ReadLimits {
  /** Length of the model file, and of all external data together. */
  readonly maxBytes: number;
  /**
   * Messages, strings and byte fields: everything that becomes an object. An ordinary node makes
   * eleven to thirteen, so that the default reads about 24,000 nodes; larger models need it raised.
   */
  readonly maxObjects: number;
  /**
   * Numbers in repeated fields, counted by what they cost in memory: 1 for a float, 16 for an integer of variable length
   * (one byte in the file, a bigint in memory). Raw tensor bytes do not count, they stay where they are.
   */
  readonly maxNumbers: number;
  /** Nesting of messages (subgraphs within subgraphs). */
  readonly maxDepth: number;
}

export const DEFAULT_READ_LIMITS: ReadLimits = {
  maxBytes: 2 ** 31 - 1,
  maxObjects: 300_000,
  maxNumbers: 64_000_000,
  maxDepth: 64,
};
