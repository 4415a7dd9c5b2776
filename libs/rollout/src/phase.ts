import type { Command } from './command.js';
import type { Observations } from './observations.js';
import type { Rollout } from './rollout.js';

/** What a phase of the decision hands back; `wakeAtMs` in milliseconds since the epoch. */
export interface Step {
  readonly next: Rollout;
  readonly commands: readonly Command[];
  readonly wakeAtMs?: number;
}

/** What to do in one state of a rollout. */
export type Phase = (rollout: Rollout, seen: Observations, now: Date) => Step;
