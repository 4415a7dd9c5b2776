import type { ContingencyTable, LatencySketch, RunningVersion } from '@hamon/contracts';

export type ShadowRole = 'candidate' | 'previous';

/** What the shadow version did since it became shadow. */
export interface ShadowTally {
  readonly role: ShadowRole;
  readonly version: RunningVersion;
  /** Frames on which the shadow ran: its answers and errors. */
  readonly frames: number;
  readonly errors: number;
  /** Of the errors, outputs with NaN or infinity. */
  readonly notFinite: number;
  /** Frames that both versions answered. */
  readonly pairs: number;
  /** Frames left out of the shadow run because its backlog was full; never lost as frames. */
  readonly dropped: number;
  readonly latencyMs: LatencySketch;
  /** The answering version's latency on the paired frames. */
  readonly answeringLatencyMs: LatencySketch;
  /** `[answering, shadowing, frames]`; null where the two versions' labels differ. */
  readonly table: ContingencyTable | null;
}
