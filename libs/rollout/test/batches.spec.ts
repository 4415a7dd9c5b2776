import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { MOST_PER_DECISION, type Decision } from '../src/index.js';
import { collapsedPairs, evidenceOf, goodShown, policy, rolloutOf } from './fixtures.js';
import { SimulatedFleet } from './simulated-fleet.js';

const COHORT = 2 * MOST_PER_DECISION + 50;

const cohort = fc.record({
  stages: fc.constantFrom([COHORT], [3, COHORT], [MOST_PER_DECISION, MOST_PER_DECISION + 1, COHORT]),
  isOffline: fc.func(fc.boolean()),
  maxParallel: fc.constantFrom(null, 40),
});

type Cohort = typeof cohort extends fc.Arbitrary<infer T> ? T : never;

const fleetOf = ({ stages, isOffline, maxParallel }: Cohort): SimulatedFleet =>
  new SimulatedFleet(
    rolloutOf({ stages, maxParallel, watchSeconds: 0, gate: policy({ minReachedShare: 0 }) }),
    (position) => ({
      // The first device of each stage can be reached: a stage of which nobody can waits for a person.
      ...(!stages.includes(position) && position > 0 && isOffline(position)
        ? { online: false, onlineSince: null }
        : {}),
      previousBundle: null,
      currentBundle: null,
    }),
  );

const touching = ({ commands }: Decision): number => commands.filter(({ kind }) => kind !== 'note').length;
const isDueAtOnce = (fleet: SimulatedFleet): boolean =>
  fleet.last?.wakeAt !== undefined && fleet.last.wakeAt.getTime() === fleet.now.getTime();

const good = (stage: number) => evidenceOf(stage, goodShown());

describe('a stage of more devices than fit into one decision', () => {
  it('is assigned in batches, one right after the other, until everybody has its deployment', () => {
    let batches = 0;
    fc.assert(
      fc.property(cohort, (drawn) => {
        const fleet = fleetOf(drawn);
        fleet.evidence = good;
        for (let looks = 0; fleet.state !== 'succeeded'; looks++) {
          expect(looks).toBeLessThan(100);
          const before = fleet.touched;
          expect(touching(fleet.tick())).toBeLessThanOrEqual(MOST_PER_DECISION);
          if (isDueAtOnce(fleet)) {
            expect(fleet.touched - before).toBeGreaterThan(0);
            batches += 1;
          } else fleet.settle().wait(1);
        }
        expect(fleet.touched).toBe(COHORT);
      }),
      { numRuns: 25 },
    );
    expect(batches).toBeGreaterThan(0);
  });

  it('is neither watched nor passed before its last batch, even where the rest is offline', () => {
    const fleet = new SimulatedFleet(rolloutOf({ stages: [COHORT], watchSeconds: 0 }), (position) =>
      position < 10 ? {} : { online: false, onlineSince: null },
    );
    fleet.evidence = good;
    fleet.tick();
    fleet.settle();
    fleet.tick();
    expect([fleet.touched, fleet.noteKinds]).toEqual([2 * MOST_PER_DECISION, []]);
    fleet.tick();
    expect(fleet.touched).toBe(COHORT);
    expect(fleet.noteKinds[0]).toBe('watch-started');
  });

  it('leaves the rest untouched where it is aborted or paused between two batches', () => {
    for (const action of ['abort', 'pause'] as const) {
      const fleet = new SimulatedFleet(rolloutOf({ stages: [COHORT] }));
      fleet.tick();
      fleet.operate(action);
      for (let i = 0; i < 3; i++) fleet.wait(1).tick();
      expect(fleet.touched).toBe(MOST_PER_DECISION);
    }
  });

  it('assigns no further batch once its first devices fail', () => {
    const fleet = new SimulatedFleet(rolloutOf({ stages: [COHORT] }));
    fleet.tick();
    fleet.evidence = (stage) => evidenceOf(stage, { ...goodShown(), compared: collapsedPairs(400) });
    fleet.settle('shadowing');
    fleet.tick();
    expect([fleet.state, fleet.touched]).toEqual(['rolling-back', MOST_PER_DECISION]);
  });

  it('loses and repeats nothing where decisions are lost before they are stored', () => {
    let lost = 0;
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (losses) => {
        const fleet = new SimulatedFleet(rolloutOf({ stages: [COHORT] }));
        for (const isLost of [...losses, false, false, false]) {
          const before = { rollout: fleet.rollout, members: fleet.members };
          fleet.tick();
          if (!isLost) continue;
          if (fleet.touched > before.members.filter(({ deployment }) => deployment).length) lost += 1;
          Object.assign(fleet, before);
        }
        // The fleet throws where a device is assigned twice.
        expect(fleet.touched).toBe(COHORT);
      }),
      { numRuns: 20 },
    );
    expect(lost).toBeGreaterThan(0);
  });
});

describe('a way back of more devices than fit into one decision', () => {
  it('is asked for in batches, told once, and ends when everybody is back', () => {
    for (const by of ['gate', 'operator'] as const) {
      const fleet = new SimulatedFleet(rolloutOf({ stages: [COHORT] }));
      while (fleet.touched < COHORT) fleet.tick();
      fleet.settle('shadowing');
      if (by === 'operator') fleet.operate('abort-and-revert');
      else fleet.evidence = (stage) => evidenceOf(stage, { ...goodShown(), compared: collapsedPairs(400) });
      let decisions = 0;
      while (fleet.members.some(({ revert }) => revert === null)) {
        expect(touching(fleet.tick())).toBeLessThanOrEqual(MOST_PER_DECISION);
        decisions += 1;
        expect(isDueAtOnce(fleet)).toBe(decisions < 3);
      }
      expect(decisions).toBe(3);
      fleet.settle().tick();
      expect(fleet.state).toBe(by === 'gate' ? 'rolled-back' : 'aborted');
      const told = fleet.notes.map(({ text }) => text).filter((text) => text.endsWith('sent back'));
      expect(told).toEqual([`${COHORT} devices sent back`]);
    }
  });
});
