import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DEFAULT_DEVICE_POLICY, type DevicePolicy } from '@hamon/contracts';
import { advance, begin, desiredBy, EMPTY_MODEL, nextStep, type ModelState } from '@hamon/agent/protocol';
import { actOf } from '../../src/core/act.js';
import { factsAfter, factsAtStart } from '../../src/core/facts.js';
import type { Fate } from '../../src/core/fate.js';
import { wanting } from '../support.js';

const PACE = { framesPerSecond: 10, downloadSeconds: 2 };
const NOW = new Date(1_790_000_000_000);

/** Goes a device's whole way in no time; answers where it ends and how long it would have taken. */
function walk(start: ModelState, fate: Fate): { state: ModelState; seconds: number; steps: string[] } {
  let state = start;
  let facts = factsAtStart(state, NOW);
  let seconds = 0;
  const steps: string[] = [];
  for (;;) {
    const step = nextStep(state, desiredBy(state.accepted), facts);
    if (!step) return { state, seconds, steps };
    if (steps.push(step.kind) > 60) throw new Error(`no end: ${steps.join()}`);
    const act = actOf(step, fate, PACE, 0.5);
    seconds += act.seconds;
    state = begin(state, step);
    if (act.fault) {
      facts = { ...facts, failure: act.fault };
      continue;
    }
    const before = state;
    state = advance(state, step, NOW);
    facts = factsAfter(facts, step, before, state);
  }
}

describe('the way of a simulated device', () => {
  const first = walk(wanting(EMPTY_MODEL, '1.0.0', 1), 'well').state;

  it('is a real one’s, with its times', () => {
    expect(first.deployment?.state).toBe('committed');
    const { state, seconds, steps } = walk(wanting(first, '2.0.0', 2), 'well');
    expect(state.deployment?.state).toBe('committed');
    expect(state.slots.current?.version.version).toBe('2.0.0');
    expect(steps).toEqual(
      expect.arrayContaining(['fetchChunks', 'selfTest', 'shadow', 'activate', 'commit']),
    );
    const { shadow, probation } = DEFAULT_DEVICE_POLICY;
    expect(seconds).toBeCloseTo(2 + 1 + shadow.minFrames / 10 + probation.seconds);
  });

  it('refuses before it answers, and goes on with what it had', () => {
    const { state } = walk(wanting(first, '2.0.0', 2), 'refused');
    expect(state.deployment).toMatchObject({ state: 'refused', reason: { code: 'golden-mismatch' } });
    expect(state.slots.current?.version.version).toBe('1.0.0');
  });

  it('goes back from what fails once it answers', () => {
    const { state } = walk(wanting(first, '2.0.0', 2), 'failing');
    expect(state.deployment).toMatchObject({ state: 'rolled-back', reason: { code: 'error-rate' } });
    expect(state.slots.current?.version.version).toBe('1.0.0');
  });

  it('comes to an end, and takes up the next version, after any history', () => {
    const policies = fc.record({
      minFrames: fc.constantFrom(0, 30),
      seconds: fc.constantFrom(0, 5),
      watch: fc.constantFrom(0, 60),
      stop: fc.boolean(),
    });
    const history = fc.array(
      fc.record({
        version: fc.constantFrom('1.0.0', '2.0.0', '3.0.0'),
        fate: fc.constantFrom<Fate[]>('well', 'refused', 'failing'),
        policy: policies,
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(history, (wishes) => {
        let state = EMPTY_MODEL;
        wishes.forEach(({ version, fate, policy }, index) => {
          const asked: DevicePolicy = {
            ...DEFAULT_DEVICE_POLICY,
            shadow: { minFrames: policy.minFrames },
            probation: {
              ...DEFAULT_DEVICE_POLICY.probation,
              seconds: policy.seconds,
              minFrames: policy.minFrames,
              onFirstFailure: policy.stop ? 'stop' : 'keep',
            },
            shadowAfterActivationSeconds: policy.watch,
          };
          state = walk(wanting(state, version, index + 1, asked), fate).state;
          expect(['committed', 'refused', 'rolled-back']).toContain(state.deployment?.state);
          expect(state.deployment?.target.version.sequence).toBe(index + 1);
        });
        const last = walk(wanting(state, '4.0.0', 99), 'well').state;
        expect(last.slots.current?.version.version).toBe('4.0.0');
      }),
      { numRuns: 100 },
    );
  });
});
