import { describe, expect, it } from 'vitest';
import { ROLLOUT_STATES, type RolloutState } from '@hamon/contracts';
import {
  ENDED_STATES,
  hasEnded,
  mustTransition,
  ROLLOUT_EVENTS,
  RolloutInvariantError,
  transition,
  type RolloutEvent,
} from '../src/index.js';

/** The table as a person reads it: what each state answers to each event, `-` where it refuses. */
const EVERY_PAIR: Record<RolloutState, Record<RolloutEvent, RolloutState | '-'>> = {
  running: {
    'stage-passed': 'running',
    'approval-needed': 'awaiting-approval',
    'all-passed': 'succeeded',
    'gate-failed': 'rolling-back',
    'gate-unsure': 'paused',
    reverted: '-',
    'reverted-after-abort': '-',
    withdrawn: '-',
    pause: 'paused',
    resume: '-',
    approve: '-',
    abort: 'aborting',
    'abort-and-revert': 'rolling-back',
  },
  paused: {
    'stage-passed': '-',
    'approval-needed': '-',
    'all-passed': '-',
    'gate-failed': 'rolling-back',
    'gate-unsure': '-',
    reverted: '-',
    'reverted-after-abort': '-',
    withdrawn: '-',
    pause: '-',
    resume: 'running',
    approve: 'running',
    abort: 'aborting',
    'abort-and-revert': 'rolling-back',
  },
  'awaiting-approval': {
    'stage-passed': '-',
    'approval-needed': '-',
    'all-passed': '-',
    'gate-failed': 'rolling-back',
    'gate-unsure': '-',
    reverted: '-',
    'reverted-after-abort': '-',
    withdrawn: '-',
    pause: '-',
    resume: '-',
    approve: 'running',
    abort: 'aborting',
    'abort-and-revert': 'rolling-back',
  },
  'rolling-back': {
    ...refuseAll(),
    reverted: 'rolled-back',
    'reverted-after-abort': 'aborted',
  },
  aborting: { ...refuseAll(), withdrawn: 'aborted', 'abort-and-revert': 'rolling-back' },
  succeeded: refuseAll(),
  'rolled-back': refuseAll(),
  aborted: refuseAll(),
};

function refuseAll(): Record<RolloutEvent, '-'> {
  return Object.fromEntries(ROLLOUT_EVENTS.map((event) => [event, '-'])) as Record<RolloutEvent, '-'>;
}

describe('the transition table', () => {
  const pairs = ROLLOUT_STATES.flatMap((state) => ROLLOUT_EVENTS.map((event) => [state, event] as const));

  it.each(pairs)('%s × %s', (state, event) => {
    const expected = EVERY_PAIR[state][event];
    expect(transition(state, event) ?? '-').toBe(expected);
    if (expected === '-') expect(() => mustTransition(state, event)).toThrow(RolloutInvariantError);
    else expect(mustTransition(state, event)).toBe(expected);
  });

  it('reaches every state from the first', () => {
    const reached = new Set<RolloutState>(['running']);
    for (const state of reached) {
      for (const event of ROLLOUT_EVENTS) {
        const next = transition(state, event);
        if (next) reached.add(next);
      }
    }
    expect([...reached].sort()).toEqual([...ROLLOUT_STATES].sort());
  });

  it('leaves no ended state, and from every other one an end can be reached', () => {
    for (const state of ROLLOUT_STATES) {
      const ways = ROLLOUT_EVENTS.filter((event) => transition(state, event));
      expect(ways.length === 0).toBe(hasEnded(state));
    }
    expect([...ENDED_STATES].sort()).toEqual(['aborted', 'rolled-back', 'succeeded']);
  });
});
