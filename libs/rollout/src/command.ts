import type { Judgement } from '@hamon/contracts';
import type { Rollout } from './rollout.js';

export const NOTE_KINDS = [
  'stage-started',
  'watch-started',
  'watch-prolonged',
  'stage-passed',
  'gate-failed',
  'awaiting-approval',
  'approved',
  'paused',
  'resumed',
  'rolling-back',
  'rolled-back',
  'aborted',
  'succeeded',
] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/** A line in the rollout's history and in the audit ledger. */
export interface Note {
  readonly kind: 'note';
  readonly note: NoteKind;
  /** 0-based; of the stage that was current. */
  readonly stage: number;
  /** One sentence for a person. */
  readonly text: string;
  /** The evidence of a decision that a gate made. */
  readonly judgement?: Judgement;
}

/**
 * What shall be done about a decision, in the same transaction that stores it. `assign` and `revert` are given once: as
 * soon as the member shows a deployment or a revert, they are not repeated.
 */
export type Command =
  /** Sign a manifest of the device's own variant for it. */
  | { readonly kind: 'assign'; readonly device: string; readonly variant: string }
  /** Point the device back to what it ran before the rollout, or clear its desired state where that was nothing. */
  | { readonly kind: 'revert'; readonly device: string }
  | Note;

export interface Decision {
  readonly next: Rollout;
  readonly commands: readonly Command[];
  /** Decide again then at the latest, whatever happens; absent once the rollout has ended. */
  readonly wakeAt?: Date;
}
