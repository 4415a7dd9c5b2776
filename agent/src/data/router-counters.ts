import type { FallbackReason } from '@hamon/contracts';

/**
 * Frames since the agent's start. `accepted = answered + failed + those in flight` at every moment, so that a frame
 * which vanished shows.
 */
export interface RouterCounters {
  readonly accepted: number;
  /** Got an answer, from the edge or the cloud. */
  readonly answered: number;
  /** Accepted, and ended in an error as its one result. */
  readonly failed: number;
  /** Left out by a source. */
  readonly skipped: number;
  /** Of these, for the sake of the device's budget of processor time. */
  readonly paced: number;
  /** Refused, never accepted. */
  readonly rejected: number;
  /** Of these, no image that decodes … */
  readonly undecodable: number;
  /** … and tensors that do not fit the model's input. */
  readonly mismatched: number;
  readonly fallbacks: Readonly<Record<FallbackReason, number>>;
}

/** The answering version's record since it became active. */
export interface ActiveTally {
  /** Frames that this version was asked for: `errors` of them got no edge answer that counts. */
  readonly frames: number;
  readonly errors: number;
}
