import type { RolloutState } from '@hamon/contracts';

/** What `decide` finds out. */
export const DECIDED_EVENTS = [
  'stage-passed',
  'approval-needed',
  'all-passed',
  'gate-failed',
  'gate-unsure',
  'reverted',
  'reverted-after-abort',
  'withdrawn',
] as const;

/** What a person wants. */
export const OPERATOR_EVENTS = ['pause', 'resume', 'approve', 'abort', 'abort-and-revert'] as const;
export type OperatorEvent = (typeof OPERATOR_EVENTS)[number];

/** What can happen to a rollout as a whole. */
export const ROLLOUT_EVENTS = [...DECIDED_EVENTS, ...OPERATOR_EVENTS] as const;
export type RolloutEvent = (typeof ROLLOUT_EVENTS)[number];

/**
 * Every state a rollout can go to; what is not named is refused. A paused rollout, and one that waits for approval, still
 * goes back when its gate fails: a pause stops the widening and the switching, not the safety.
 */
export const TRANSITIONS = {
  running: {
    'stage-passed': 'running',
    'approval-needed': 'awaiting-approval',
    'all-passed': 'succeeded',
    'gate-failed': 'rolling-back',
    'gate-unsure': 'paused',
    pause: 'paused',
    abort: 'aborting',
    'abort-and-revert': 'rolling-back',
  },
  paused: {
    'gate-failed': 'rolling-back',
    resume: 'running',
    approve: 'running',
    abort: 'aborting',
    'abort-and-revert': 'rolling-back',
  },
  'awaiting-approval': {
    'gate-failed': 'rolling-back',
    approve: 'running',
    abort: 'aborting',
    'abort-and-revert': 'rolling-back',
  },
  'rolling-back': {
    reverted: 'rolled-back',
    'reverted-after-abort': 'aborted',
  },
  aborting: {
    withdrawn: 'aborted',
    'abort-and-revert': 'rolling-back',
  },
  succeeded: {},
  'rolled-back': {},
  aborted: {},
} as const satisfies Record<RolloutState, Partial<Record<RolloutEvent, RolloutState>>>;

/** The state after an event, undefined where the state refuses it. */
export function transition(state: RolloutState, event: RolloutEvent): RolloutState | undefined {
  const row: Partial<Record<RolloutEvent, RolloutState>> = TRANSITIONS[state];
  return row[event];
}

/** The state after an event that the caller knows to be possible; anything else is a bug. */
export function mustTransition(state: RolloutState, event: RolloutEvent): RolloutState {
  const next = transition(state, event);
  if (!next) throw new RolloutInvariantError(`a rollout that is ${state} cannot take "${event}"`);
  return next;
}

/** A bug in this library, never a consequence of input. */
export class RolloutInvariantError extends Error {
  override readonly name = 'RolloutInvariantError';
}
