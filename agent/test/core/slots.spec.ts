import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, type DevicePolicy } from '@hamon/contracts';
import fc from 'fast-check';
import { advance, begin } from '../../src/core/advance.js';
import { desiredBy } from '../../src/core/desired-state.js';
import { answering, EMPTY_MODEL, type ModelState } from '../../src/core/model-state.js';
import type { Facts } from '../../src/core/facts.js';
import { foresee } from '../../src/core/foresee.js';
import { isWayBack } from '../../src/core/is-way-back.js';
import { nextStep } from '../../src/core/next-step.js';
import { NOTHING_KNOWN, targetOf, wanting } from '../support/states.js';

const REASON = { code: 'error-rate', detail: '30 errors on 100 frames' } as const;
const POLICIES: Record<string, DevicePolicy> = {
  update: DEFAULT_DEVICE_POLICY,
  'update-or-stop': {
    ...DEFAULT_DEVICE_POLICY,
    probation: { ...DEFAULT_DEVICE_POLICY.probation, onFirstFailure: 'stop' },
  },
  revert: {
    ...DEFAULT_DEVICE_POLICY,
    shadow: { minFrames: 0 },
    probation: { ...DEFAULT_DEVICE_POLICY.probation, seconds: 0, minFrames: 0 },
  },
};

interface Wish {
  readonly name: string;
  readonly policy: string;
  readonly moods: readonly Mood[];
}
type Mood = 'well' | 'fails' | 'broken' | 'restarts' | 'next';

const wish: fc.Arbitrary<Wish> = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  policy: fc.constantFrom('update', 'update', 'update-or-stop', 'revert'),
  moods: fc.array(
    fc.constantFrom<Mood>('well', 'well', 'well', 'well', 'fails', 'broken', 'restarts', 'next'),
    {
      maxLength: 14,
    },
  ),
});

/** One device's life, and what it gave up, by itself or sent back by its rollout, and was not asked for again. */
function* live(wishes: readonly Wish[]): Generator<{ state: ModelState; givenUp: ReadonlySet<string> }> {
  let state = EMPTY_MODEL;
  let facts: Facts = NOTHING_KNOWN;
  const givenUp = new Set<string>();
  for (const [n, { name, policy, moods }] of wishes.entries()) {
    state = wanting(targetOf(name, n + 1, POLICIES[policy]), state);
    facts = { ...facts, index: 'absent', missingChunks: 2 };
    const left = [...moods];
    for (let step = nextStep(state, desiredBy(state.accepted), facts); step;) {
      const mood = left.shift() ?? 'well';
      // The next wish comes before this one is done.
      if (mood === 'next') break;
      const before = state;
      state = begin(state, step);
      if (mood === 'restarts') facts = { ...NOTHING_KNOWN, index: facts.index };
      else if (mood === 'fails') facts = { ...facts, failure: REASON };
      else if (mood === 'broken') facts = { ...facts, currentBroken: REASON };
      else {
        state = advance(state, step, new Date(0));
        facts = foresee(facts, step, state);
        const target = before.deployment?.target.version.bundle;
        const current = before.slots.current?.version.bundle;
        if (step.kind === 'refuse' && target) givenUp.add(target);
        if (step.kind === 'rollBack' && current) givenUp.add(current);
        if (step.kind === 'activate' && isWayBack(step.slot, before.slots.previous) && current)
          givenUp.add(current);
        // A newly signed wish is another chance.
        if (step.kind === 'assign') givenUp.delete(step.target.version.bundle);
      }
      yield { state, givenUp };
      step = nextStep(state, desiredBy(state.accepted), facts);
    }
  }
}

const everyLife = (check: (now: { state: ModelState; givenUp: ReadonlySet<string> }) => void): void =>
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 7 }), (wishes) => {
      for (const now of live(wishes)) check(now);
    }),
    { numRuns: 1000 },
  );

describe('whatever a device went through', () => {
  it('never has a version to go back to that failed or was gone back from', () => {
    everyLife(({ state: { slots }, givenUp }) => {
      if (slots.previous) expect(givenUp).not.toContain(slots.previous.version.bundle);
    });
  });

  it('answers with a version that it gave up only where there was no other', () => {
    everyLife(({ state: { slots }, givenUp }) => {
      const { current, previous } = slots;
      if (!current || !givenUp.has(current.version.bundle)) return;
      expect(current.failed).toBeDefined();
      expect(previous).toBeNull();
    });
  });

  it('stops answering only where the rollout that failed had asked for that', () => {
    everyLife(({ state: { slots } }) => {
      if (slots.current && answering(slots.current) === null) {
        expect(slots.current.policy.probation.onFirstFailure).toBe('stop');
        expect(slots.previous).toBeNull();
      }
    });
  });
});

describe('a first version that fails', () => {
  const failed = (policy: string): ModelState => {
    const life = live([{ name: 'a', policy, moods: [...Array<Mood>(7).fill('well'), 'fails', 'well'] }]);
    let last = EMPTY_MODEL;
    for (const { state } of life) last = state;
    return last;
  };

  it('goes on answering, and is told as failed', () => {
    expect(failed('update')).toMatchObject({
      slots: { current: { failed: 'kept', good: false }, previous: null },
      deployment: { state: 'rolled-back', reason: REASON },
    });
  });

  it('is stopped where the rollout asked for that', () => {
    const state = failed('update-or-stop');
    expect(state.slots.current?.failed).toBe('stopped');
    expect(answering(state.slots.current)).toBeNull();
    expect(nextStep(state, desiredBy(state.accepted), NOTHING_KNOWN)).toBeUndefined();
  });

  it.each(['update', 'update-or-stop'])('is no way back for the next one (%s)', (policy) => {
    const next = wanting(targetOf('b', 9), failed(policy));
    let [state, facts] = [next, NOTHING_KNOWN];
    for (let step = nextStep(state, desiredBy(state.accepted), facts); step;) {
      state = advance(begin(state, step), step, new Date(0));
      facts = foresee(facts, step, state);
      step = nextStep(state, desiredBy(state.accepted), facts);
    }
    expect(state.slots).toMatchObject({ current: { good: true }, previous: null });
  });

  it('has to stand its probation where it is wanted once more', () => {
    const again = wanting(targetOf('a', 9), failed('update-or-stop'));
    const kinds: string[] = [];
    let [state, facts] = [again, NOTHING_KNOWN];
    for (let step = nextStep(state, desiredBy(state.accepted), facts); step;) {
      kinds.push(step.kind);
      state = advance(begin(state, step), step, new Date(0));
      facts = foresee(facts, step, state);
      step = nextStep(state, desiredBy(state.accepted), facts);
    }
    expect(kinds).toEqual(['assign', 'loadCurrent', 'observeProbation', 'commit']);
    expect(state.slots.current).toEqual({ ...targetSlot('a', 9), good: true });
  });
});

const targetSlot = (name: string, sequence: number) => {
  const { version, policy } = targetOf(name, sequence);
  return { version, policy };
};
