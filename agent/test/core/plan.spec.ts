import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DEFAULT_DEVICE_POLICY, DEPLOYMENT_STATES, isTerminal, type DevicePolicy } from '@hamon/contracts';
import { advance, begin } from '../../src/core/advance.js';
import { desiredBy } from '../../src/core/desired-state.js';
import { EMPTY_MODEL, type ModelState } from '../../src/core/model-state.js';
import type { Facts } from '../../src/core/facts.js';
import { foresee } from '../../src/core/foresee.js';
import { nextStep } from '../../src/core/next-step.js';
import { plan } from '../../src/core/plan.js';
import { NOTHING_KNOWN, running, slotOf, targetOf, wanting } from '../support/states.js';

const kinds = (state: ModelState, facts: Partial<Facts> = {}): string[] =>
  plan(state, desiredBy(state.accepted), { ...NOTHING_KNOWN, ...facts }).map(({ kind }) => kind);

const UP = { current: true, previous: false, candidate: false };
const REASON = { code: 'worker-crashed', detail: 'it died' } as const;

describe('plan', () => {
  it('leaves a device without a manifest alone', () => {
    expect(kinds(EMPTY_MODEL)).toEqual([]);
  });

  it('installs a first version without a shadow run', () => {
    expect(kinds(wanting(targetOf('a', 1)))).toEqual([
      ...['assign', 'fetchIndex', 'fetchChunks', 'assembleBundle', 'loadCandidate', 'selfTest', 'activate'],
      ...['observeProbation', 'commit'],
    ]);
  });

  it('answers frames first, then runs the next version beside the current one', () => {
    expect(kinds(wanting(targetOf('b', 2), running('a', 1)))).toEqual([
      ...[
        'loadCurrent',
        'assign',
        'fetchIndex',
        'fetchChunks',
        'assembleBundle',
        'loadCandidate',
        'selfTest',
      ],
      ...['shadow', 'activate', 'observeProbation', 'commit'],
    ]);
  });

  it('downloads nothing for a bundle whose chunks are all here', () => {
    const state = wanting(targetOf('a', 3), running('b', 2, 'a'));
    const steps = kinds(state, { index: 'present', missingChunks: 0, loaded: UP });
    expect(steps.slice(0, 3)).toEqual(['assign', 'assembleBundle', 'loadCandidate']);
  });

  it('goes back to the former version by moving a pointer: no test, no comparison, nothing to prove', () => {
    const { probation } = DEFAULT_DEVICE_POLICY;
    const policy = {
      ...DEFAULT_DEVICE_POLICY,
      shadow: { minFrames: 0 },
      probation: { ...probation, seconds: 0, minFrames: 0 },
    };
    const facts = { index: 'present', missingChunks: 0, loaded: UP } as const;
    const to = (name: string): string[] =>
      kinds(wanting(targetOf(name, 3, policy), running('b', 2, 'a')), facts);
    expect(to('a')).toEqual(['assign', 'assembleBundle', 'loadCandidate', 'activate', 'commit']);
    expect(to('c')).toContain('selfTest');
  });

  it('tests and compares the former version where a rollout asks for a shadow run', () => {
    const state = wanting(targetOf('a', 3), running('b', 2, 'a'));
    const steps = kinds(state, { index: 'present', missingChunks: 0, loaded: UP });
    expect(steps).toEqual(expect.arrayContaining(['selfTest', 'shadow', 'observeProbation']));
  });

  it('only takes note of the current bundle under a later sequence', () => {
    expect(kinds(wanting(targetOf('a', 5), running('a', 1)), { loaded: UP })).toEqual(['assign']);
  });

  it('frees what former updates left behind before it fetches, once it knows what is shared with it', () => {
    const steps = kinds(wanting(targetOf('b', 2), running('a', 1)), { loaded: UP, garbage: true });
    expect(steps.slice(0, 4)).toEqual(['assign', 'fetchIndex', 'collectGarbage', 'fetchChunks']);
  });

  it('makes room where two models do not fit, and skips the comparison', () => {
    const steps = kinds(wanting(targetOf('b', 2), running('a', 1)), { loaded: UP, roomForTwo: false });
    expect(steps).toContain('unloadCurrent');
    expect(steps.indexOf('unloadCurrent')).toBeLessThan(steps.indexOf('loadCandidate'));
    expect(steps).not.toContain('shadow');
  });

  it('ends the former version’s shadow run before a newer candidate is loaded', () => {
    const state = wanting(targetOf('c', 3), running('b', 2, 'a'));
    const steps = kinds(state, { loaded: { ...UP, previous: true }, watching: true });
    expect(steps.indexOf('stopShadow')).toBeGreaterThanOrEqual(0);
    expect(steps.indexOf('stopShadow')).toBeLessThan(steps.indexOf('loadCandidate'));
  });

  it('gives its second copy back where another model needs the memory, and goes on once it is there again', () => {
    const watching = { loaded: { ...UP, previous: true }, watching: true };
    expect(kinds(running('b', 2, 'a'), { ...watching, yieldsMemory: true })).toEqual(['stopShadow']);
    expect(kinds(running('b', 2, 'a'), { loaded: UP, watching: true, roomAtOnce: false })).toEqual([]);
    const open = wanting(targetOf('b', 2), running('a', 1));
    const target = targetOf('b', 2);
    const shadowing: ModelState = {
      ...open,
      slots: { ...open.slots, candidate: slotOf('b', 2, false) },
      deployment: { target, state: 'shadowing', reason: null, attempts: 0 },
    };
    const steps = kinds(shadowing, { loaded: { ...UP, candidate: true }, yieldsMemory: true });
    expect(steps).toEqual([
      'dropCandidate',
      'loadCandidate',
      'shadow',
      'activate',
      'observeProbation',
      'commit',
    ]);
  });

  it('refuses before activation and rolls back after it', () => {
    const begun = wanting(targetOf('b', 2), running('a', 1));
    const open = (state: (typeof DEPLOYMENT_STATES)[number]): ModelState => ({
      ...begun,
      deployment: { target: targetOf('b', 2), state, reason: null, attempts: 0 },
    });
    for (const state of ['assigned', 'downloading', 'staged', 'self-tested', 'shadowing'] as const) {
      expect(kinds(open(state), { failure: REASON, loaded: UP })[0]).toBe('refuse');
    }
    expect(kinds(open('active'), { failure: REASON, loaded: UP })[0]).toBe('rollBack');
  });

  it('gives up a deployment over which the agent died again and again', () => {
    const state = wanting(targetOf('b', 2), running('a', 1));
    const target = targetOf('b', 2);
    const died = (attempts: number): ModelState => ({
      ...state,
      slots: { ...state.slots, candidate: slotOf('b', 2, false) },
      deployment: { target, state: 'staged', reason: null, attempts },
    });
    expect(kinds(died(3))).not.toContain('refuse');
    const [first] = plan(died(4), desiredBy(state.accepted), NOTHING_KNOWN);
    expect(first).toMatchObject({ kind: 'refuse', reason: { code: 'boot-loop' } });
  });

  it('goes back from a version that crashes beyond its budget, and stays where there is nothing else', () => {
    expect(kinds(running('b', 2, 'a'), { currentBroken: REASON })[0]).toBe('rollBack');
    expect(kinds(running('a', 1), { currentBroken: REASON, mayLoadCurrent: false })).toEqual([]);
  });

  it('installs damaged files anew, or goes back', () => {
    const damaged = { currentDamaged: true, currentBroken: REASON, mayLoadCurrent: false };
    expect(kinds(running('a', 1), damaged).slice(0, 2)).toEqual(['reinstall', 'fetchIndex']);
    expect(kinds(running('b', 2, 'a'), damaged)[0]).toBe('rollBack');
  });

  it('does not try an abandoned sequence again', () => {
    const state = running('a', 1);
    const target = targetOf('b', 2);
    const refused: ModelState = {
      ...state,
      accepted: { sequence: 2, jws: { payload: '', signatures: [] }, target, abandoned: true },
      deployment: { target, state: 'refused', reason: REASON, attempts: 0 },
    };
    expect(kinds(refused, { loaded: UP })).toEqual([]);
  });
});

const anyPolicy: fc.Arbitrary<DevicePolicy> = fc.record({
  ...Object.fromEntries(
    Object.entries(DEFAULT_DEVICE_POLICY).map(([key, value]) => [key, fc.constant(value)]),
  ),
  shadow: fc.record({ minFrames: fc.constantFrom(0, 20) }),
  shadowAfterActivationSeconds: fc.constantFrom(0, 60),
}) as fc.Arbitrary<DevicePolicy>;

const anyTarget = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 9 }), anyPolicy)
  .map(([name, sequence, policy]) => targetOf(name, sequence, policy));

const anyFacts: fc.Arbitrary<Facts> = fc.record({
  index: fc.constantFrom('absent' as const, 'present' as const),
  missingChunks: fc.nat(3),
  loaded: fc.record({ current: fc.boolean(), previous: fc.boolean(), candidate: fc.boolean() }),
  stray: fc.boolean(),
  mayLoadCurrent: fc.boolean(),
  currentBroken: fc.constantFrom(null, REASON),
  currentDamaged: fc.boolean(),
  roomForTwo: fc.boolean(),
  roomAtOnce: fc.boolean(),
  yieldsMemory: fc.boolean(),
  shadowPassed: fc.boolean(),
  probationPassed: fc.boolean(),
  failure: fc.constantFrom(null, REASON),
  watching: fc.boolean(),
  garbage: fc.boolean(),
});

/** States that a device can be in: made by going some way, being disturbed, and going on. */
interface Walk {
  readonly targets: readonly ReturnType<typeof targetOf>[];
  readonly disturbances: readonly ('none' | 'fail' | 'restart' | 'crash')[];
}

const anyWalk: fc.Arbitrary<Walk> = fc.record({
  targets: fc.array(anyTarget, { minLength: 1, maxLength: 5 }),
  disturbances: fc.array(fc.constantFrom('none', 'none', 'none', 'fail', 'restart', 'crash'), {
    maxLength: 60,
  }),
});

function* walk({
  targets,
  disturbances,
}: Walk): Generator<{ state: ModelState; facts: Facts; step?: string }> {
  let state = EMPTY_MODEL;
  let facts = NOTHING_KNOWN;
  const moods = [...disturbances];
  let sequence = 0;
  for (const target of targets) {
    sequence += 1;
    state = wanting({ ...target, version: { ...target.version, sequence } }, state);
    facts = { ...facts, index: 'absent', missingChunks: 2 };
    for (let step = nextStep(state, desiredBy(state.accepted), facts); step;) {
      state = begin(state, step);
      const mood = moods.shift() ?? 'none';
      if (mood === 'restart') facts = { ...NOTHING_KNOWN, index: facts.index };
      else if (mood === 'crash') facts = { ...facts, loaded: { ...facts.loaded, current: false } };
      else if (mood === 'fail' && !['refuse', 'rollBack', 'assign', 'commit'].includes(step.kind)) {
        facts = { ...facts, failure: REASON };
      } else {
        state = advance(state, step, new Date(0));
        facts = foresee(facts, step, state);
      }
      yield { state, facts, step: step.kind };
      step = nextStep(state, desiredBy(state.accepted), facts);
    }
  }
}

describe('every plan', () => {
  it('ends, and after its success there is nothing left to do', () => {
    fc.assert(
      fc.property(anyWalk, anyFacts, (way, facts) => {
        for (const { state } of walk(way)) {
          const desired = desiredBy(state.accepted);
          let [now, known] = [state, facts];
          for (const step of plan(state, desired, facts)) {
            now = advance(begin(now, step), step, new Date(0));
            known = foresee(known, step, now);
          }
          expect(nextStep(now, desired, known)).toBeUndefined();
        }
      }),
    );
  });

  it('never takes a version away that is not replaced by a verified one', () => {
    fc.assert(
      fc.property(anyWalk, (way) => {
        let had = false;
        for (const { state } of walk(way)) {
          had ||= state.slots.current !== null;
          expect(state.slots.current !== null).toBe(had);
        }
      }),
    );
  });

  it('reaches a terminal state, and the wanted version runs unless it failed', () => {
    fc.assert(
      fc.property(anyWalk, (way) => {
        let last: ModelState = EMPTY_MODEL;
        for (const { state } of walk(way)) last = state;
        const { deployment, slots } = last;
        expect(deployment && isTerminal(deployment.state)).toBe(true);
        if (deployment?.state === 'committed') {
          expect(slots.current?.version).toEqual(deployment.target.version);
          expect(slots.current?.good).toBe(true);
        } else {
          expect(last.accepted?.abandoned).toBe(true);
          expect(deployment?.reason).toEqual(REASON);
        }
      }),
    );
  });

  it('activates nothing that has not passed its self-test, and has nothing twice to go back to', () => {
    fc.assert(
      fc.property(anyWalk, (way) => {
        const tested = new Set<string>();
        for (const { state, step } of walk(way)) {
          if (state.deployment?.state === 'self-tested') tested.add(state.deployment.target.version.bundle);
          if (step === 'activate' && state.deployment?.state === 'active') {
            expect(tested).toContain(state.slots.current?.version.bundle);
          }
          expect(
            state.slots.previous?.version.bundle === state.slots.current?.version.bundle &&
              state.slots.previous !== null,
          ).toBe(false);
        }
      }),
    );
  });
});

describe('the slot to go back to', () => {
  const activate = (state: ModelState, name: string): ModelState => {
    const slot = slotOf(name, 9, false);
    const deployment = state.deployment && { ...state.deployment, state: 'self-tested' as const };
    const ready: ModelState = { ...state, deployment, slots: { ...state.slots, candidate: slot } };
    return advance(ready, { kind: 'activate', slot }, new Date(0));
  };
  const inProbation = (name: string, former?: string): ModelState => {
    const state = running(name, 2, former);
    return { ...state, slots: { ...state.slots, current: slotOf(name, 2, false) } };
  };
  const formerOf = (state: ModelState): string | undefined =>
    Buffer.from(state.slots.previous?.version.bundle ?? '', 'hex').toString('utf8')[0];

  it.each<[string, ModelState, string, string | undefined]>([
    ['what was committed last', running('b', 2, 'a'), 'c', 'b'],
    ['the one before a version that was still in probation', inProbation('b', 'a'), 'c', 'a'],
    ['a version in probation where there is no other', inProbation('b'), 'c', 'b'],
    ['nothing after a return to the former from a probation', inProbation('b', 'a'), 'a', undefined],
    ['the later one after a return from what was committed', running('b', 2, 'a'), 'a', 'b'],
    ['nothing for a first version', EMPTY_MODEL, 'a', undefined],
  ])('is %s', (_, state, next, former) => {
    expect(formerOf(activate(state, next))).toBe(former);
  });
});
