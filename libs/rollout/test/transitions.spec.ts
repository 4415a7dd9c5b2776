import { describe, expect, it } from 'vitest';
import { ROLLOUT_STATES, type RolloutState } from '@hamon/contracts';
import {
  abortRollout,
  approveRollout,
  DECIDED_EVENTS,
  hasEnded,
  mustTransition,
  OPERATOR_EVENTS,
  pauseRollout,
  resumeRollout,
  ROLLOUT_EVENTS,
  RolloutInvariantError,
  transition,
  type OperatorEvent,
  type OperatorOutcome,
  type Rollout,
  type RolloutEvent,
} from '../src/index.js';
import { after, rolloutOf } from './fixtures.js';

const successors = (
  state: RolloutState,
  events: readonly RolloutEvent[] = ROLLOUT_EVENTS,
): readonly RolloutState[] => events.flatMap((event) => transition(state, event) ?? []);

/** The state itself and all that can become of it. */
function reachableFrom(
  state: RolloutState,
  events: readonly RolloutEvent[] = ROLLOUT_EVENTS,
): ReadonlySet<RolloutState> {
  const reached = new Set([state]);
  for (const one of reached) for (const next of successors(one, events)) reached.add(next);
  return reached;
}

const taking = (event: RolloutEvent): readonly RolloutState[] =>
  ROLLOUT_STATES.filter((state) => transition(state, event) !== undefined);

describe('the states of a rollout', () => {
  it.each(ROLLOUT_STATES.flatMap((state) => ROLLOUT_EVENTS.map((event) => [state, event] as const)))(
    '%s answers %s, or refuses it as a bug of the caller',
    (state, event) => {
      const next = transition(state, event);
      if (next === undefined) expect(() => mustTransition(state, event)).toThrow(RolloutInvariantError);
      else expect(mustTransition(state, event)).toBe(next);
    },
  );

  it('are all reached from the first', () => {
    expect([...reachableFrom('running')].sort()).toEqual([...ROLLOUT_STATES].sort());
  });

  it('have ends that nothing leaves, and an end can be reached from every other', () => {
    for (const state of ROLLOUT_STATES) {
      expect(successors(state).length === 0).toBe(hasEnded(state));
      expect([...reachableFrom(state)].some(hasEnded)).toBe(true);
    }
    expect(ROLLOUT_STATES.filter(hasEnded).sort()).toEqual(['aborted', 'rolled-back', 'succeeded']);
  });
});

describe('what a decision leads to', () => {
  it.each<[RolloutEvent, readonly RolloutState[], RolloutState]>([
    ['stage-passed', ['running'], 'running'],
    ['approval-needed', ['running'], 'awaiting-approval'],
    ['all-passed', ['running'], 'succeeded'],
    ['gate-unsure', ['running'], 'paused'],
    ['reverted', ['rolling-back'], 'rolled-back'],
    ['reverted-after-abort', ['rolling-back'], 'aborted'],
    ['withdrawn', ['aborting'], 'aborted'],
  ])('%s, from %j only: %s', (event, from, to) => {
    expect(taking(event)).toEqual(from);
    for (const state of from) expect(transition(state, event)).toBe(to);
  });
});

describe('a gate', () => {
  it('that fails sends everybody back from wherever devices could still come to run the version', () => {
    expect(taking('gate-failed')).toEqual(['running', 'paused', 'awaiting-approval']);
    for (const state of taking('gate-failed')) expect(transition(state, 'gate-failed')).toBe('rolling-back');
  });

  it('lets nobody through that stands still: only a person widens from there', () => {
    for (const state of ['paused', 'awaiting-approval'] as const) {
      const byItself = reachableFrom(state, DECIDED_EVENTS);
      expect(byItself).not.toContain('running');
      expect(byItself).not.toContain('succeeded');
    }
  });

  it('is the only way to success, and only from a rollout that runs', () => {
    expect(ROLLOUT_STATES.filter((state) => successors(state).includes('succeeded'))).toEqual(['running']);
    for (const state of ROLLOUT_STATES) expect(successors(state, OPERATOR_EVENTS)).not.toContain('succeeded');
  });
});

describe('a way back', () => {
  it('is not taken back once it began', () => {
    expect([...reachableFrom('rolling-back')].sort()).toEqual(['aborted', 'rolled-back', 'rolling-back']);
    expect([...reachableFrom('aborting')]).not.toContain('running');
  });

  it('of some may become one of all, not the other way round', () => {
    expect(transition('aborting', 'abort-and-revert')).toBe('rolling-back');
    expect(transition('rolling-back', 'abort')).toBeUndefined();
  });
});

describe('an operator', () => {
  const ACTIONS: Readonly<Record<OperatorEvent, (rollout: Rollout) => OperatorOutcome>> = {
    pause: (rollout) => pauseRollout(rollout, 'aki'),
    resume: (rollout) => resumeRollout(rollout, 'aki', after(10)),
    approve: (rollout) => approveRollout(rollout, 'aki', after(10)),
    abort: (rollout) => abortRollout(rollout, { by: 'aki', rollback: false }, after(10)),
    'abort-and-revert': (rollout) => abortRollout(rollout, { by: 'aki', rollback: true }, after(10)),
  };
  const rolloutIn = (state: RolloutState): Rollout => {
    const rollout = rolloutOf();
    return { ...rollout, status: { ...rollout.status, state, pausedBy: state === 'paused' ? 'gate' : null } };
  };

  it.each(ROLLOUT_STATES.flatMap((state) => OPERATOR_EVENTS.map((event) => [state, event] as const)))(
    'finds a rollout that is %s to take %s as the states say, or hears why it does not',
    (state, event) => {
      const outcome = ACTIONS[event](rolloutIn(state));
      const next = transition(state, event);
      if (outcome.ok) expect(outcome.value.next.status.state).toBe(next);
      else {
        expect(next).toBeUndefined();
        expect(outcome.error).toMatchObject({ code: 'wrong-state', detail: expect.stringContaining(state) });
      }
    },
  );

  it('can end whatever has not ended and does not go back already, with and without a way back', () => {
    for (const state of ['running', 'paused', 'awaiting-approval'] as const) {
      expect(transition(state, 'abort')).toBe('aborting');
      expect(transition(state, 'abort-and-revert')).toBe('rolling-back');
    }
  });

  it('pauses what runs, resumes what is paused, and approves what stands still', () => {
    expect(taking('pause')).toEqual(['running']);
    expect(taking('resume')).toEqual(['paused']);
    expect(taking('approve')).toEqual(['paused', 'awaiting-approval']);
  });
});
