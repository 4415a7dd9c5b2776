import type { Command } from './command.js';
import type { Observations } from './observations.js';
import type { Rollout } from './rollout.js';

/** What a phase of the decision hands back; `wakeAtMs` in milliseconds since the epoch. */
export interface Step {
  readonly next: Rollout;
  readonly commands: readonly Command[];
  readonly wakeAtMs?: number;
  /** There was more to do than fits into one decision: the next one is due at once. */
  readonly more?: boolean;
}

/**
 * Devices that one decision assigns or sends back. A decision is one transaction that holds the rollout: whoever wants to
 * pause or abort it waits for no more than so many signatures, and what is left then stays untouched.
 */
export const MOST_PER_DECISION = 200;

/** What to do in one state of a rollout. */
export type Phase = (rollout: Rollout, seen: Observations, now: Date) => Step;
