import type { Command } from './command.js';
import type { Rollout } from './rollout.js';
import { withStatus } from './stage-view.js';
import { transition } from './transitions.js';

/**
 * Pauses a rollout that could not be decided on, over and over, so that a person learns of it; undefined in a state that
 * cannot be paused: a way back that has begun is tried on.
 */
export function pauseUndecided(
  rollout: Rollout,
  reason: string,
): { readonly next: Rollout; readonly commands: readonly Command[] } | undefined {
  const { state, stage } = rollout.status;
  const paused = transition(state, 'gate-unsure');
  if (!paused) return undefined;
  return {
    next: withStatus(rollout, { state: paused, pausedBy: 'gate', reason }),
    commands: [{ kind: 'note', note: 'paused', stage, text: reason }],
  };
}
