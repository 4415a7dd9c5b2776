import { describe, expect, it } from 'vitest';
import { DEPLOYMENT_STATES, isTerminal } from '@hamon/contracts';
import fc from 'fast-check';
import type { ObservedMember } from '../src/index.js';
import { wayBack } from '../src/way-back.js';
import { CANDIDATE, FORMER, member, SMALL, START } from './fixtures.js';

const bundles = fc.constantFrom(CANDIDATE, FORMER, SMALL, null);
const states = fc.constantFrom(...DEPLOYMENT_STATES);
const touched: fc.Arbitrary<ObservedMember> = fc
  .record({
    deployment: states.map((state) => ({ state, assignedAt: START.toISOString(), reason: null })),
    previousBundle: fc.constantFrom(FORMER, null),
    currentBundle: bundles,
    revert: fc.option(
      fc.oneof(
        states.map((state) => ({ state })),
        fc.constant({ state: 'cleared' as const }),
      ),
    ),
  })
  .map((change) => member(0, change));

describe('the way back', () => {
  it('calls no device back that runs the version that failed', () => {
    let found = 0;
    fc.assert(
      fc.property(touched, (one) => {
        if (one.currentBundle !== one.bundle) return;
        expect(wayBack(one)).not.toBe('back');
        found += 1;
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('calls a device that ran another version back only where it runs that one', () => {
    let found = 0;
    fc.assert(
      fc.property(touched, (one) => {
        if (one.previousBundle === null || one.revert?.state === 'cleared') return;
        if (wayBack(one) !== 'back') return;
        expect(one.currentBundle).toBe(one.previousBundle);
        found += 1;
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('waits only for a way back that can still move on', () => {
    let found = 0;
    fc.assert(
      fc.property(touched, (one) => {
        const { revert, currentBundle } = one;
        if (revert === null || revert.state === 'cleared' || !isTerminal(revert.state)) return;
        if (revert.state === 'committed' && currentBundle === null) return;
        expect(wayBack(one)).not.toBe('under-way');
        found += 1;
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('takes what was meant, and had not been installed, for the place to come back to', () => {
    const meant = member(0, { previousBundle: null, currentBundle: SMALL, revert: { state: 'committed' } });
    expect(wayBack(meant)).toBe('back');
    expect(wayBack({ ...meant, currentBundle: CANDIDATE, revert: { state: 'refused' } })).toBe('lost');
    expect(wayBack({ ...meant, currentBundle: null, revert: { state: 'refused' } })).toBe('back');
  });
});
