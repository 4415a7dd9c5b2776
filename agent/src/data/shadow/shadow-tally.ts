import type { LatencySketch, RunningVersion, TaskComparison } from '@hamon/contracts';

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
  /** The answering version first; null where the two versions' answers cannot be compared. */
  readonly comparison: TaskComparison | null;
}
