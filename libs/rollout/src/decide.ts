import type { Decision } from './command.js';
import type { Observations } from './observations.js';
import type { Phase } from './phase.js';
import { continueAborting } from './abort.js';
import { continueRollback } from './roll-back.js';
import { hasEnded, type Rollout } from './rollout.js';
import { runStages } from './run-stages.js';
import { stopIfFailing } from './stop-if-failing.js';

/** Longest time until the next look: a lost notification delays a decision by no more than this. */
const HEARTBEAT_MS = 30_000;
/** Shortest one, so that a decision that waits for nothing but time does not spin. */
const SHORTEST_MS = 50;

/**
 * What should happen to this rollout now? A pure function of the stored rollout and of facts: whoever calls it after a
 * crash, or twice at once under a row lock, comes to the same decision. `next` and `commands` belong in one transaction;
 * once they are applied, the same facts yield no command again.
 *
 * It assigns the current stage's devices, judges at every call, goes back at the first `fail` in every state that has
 * not ended, widens on `pass` after the watch, and pauses for a person where the evidence stays away. While it stands still
 * nobody switches. One decision assigns, holds or sends back `MOST_PER_DECISION` devices at most; where there are more it
 * asks for the next at once.
 */
export function decide(rollout: Rollout, seen: Observations, now: Date): Decision {
  const { state } = rollout.status;
  if (hasEnded(state)) return { next: rollout, commands: [] };
  const { next, commands, wakeAtMs, more = false } = PHASES[state](rollout, seen, now);
  if (hasEnded(next.status.state)) return { next, commands };
  if (more) return { next, commands, wakeAt: now };
  const nowMs = now.getTime();
  const wakeMs = Math.max(nowMs + SHORTEST_MS, Math.min(nowMs + HEARTBEAT_MS, wakeAtMs ?? Infinity));
  return { next, commands, wakeAt: new Date(wakeMs) };
}

const ended: Phase = (rollout) => ({ next: rollout, commands: [] });

const PHASES: Record<Rollout['status']['state'], Phase> = {
  running: runStages,
  paused: stopIfFailing,
  'awaiting-approval': stopIfFailing,
  'rolling-back': continueRollback,
  aborting: continueAborting,
  succeeded: ended,
  'rolled-back': ended,
  aborted: ended,
};
