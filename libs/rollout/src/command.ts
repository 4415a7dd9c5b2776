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
  'held',
  'resumed',
  'rolling-back',
  'rolled-back',
  'withdrawing',
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
 * What shall be done about a decision, in the same transaction that stores it. Each is given once: as soon as the member
 * shows a deployment, a revert, or whether it is held, it is not repeated.
 */
export type Command =
  /** Sign a manifest of the device's own variant for it. */
  | { readonly kind: 'assign'; readonly device: string; readonly variant: string }
  /** Point the device back to what it ran before the rollout, or take the wish back where that was nothing. */
  | { readonly kind: 'revert'; readonly device: string }
  /** Sign the device's manifest anew: get ready, but do not switch … */
  | { readonly kind: 'hold'; readonly device: string }
  /** … and once more, without that. */
  | { readonly kind: 'release'; readonly device: string }
  | Note;

export interface Decision {
  readonly next: Rollout;
  readonly commands: readonly Command[];
  /** Decide again then at the latest, whatever happens; absent once the rollout has ended. */
  readonly wakeAt?: Date;
}
