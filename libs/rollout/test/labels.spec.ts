import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { labelChange, relabellingText, type EvidenceContribution, type Relabelling } from '../src/index.js';
import { evidenceOf, FORMER, goodShown, pairs, rolloutOf, sketch, spec } from './fixtures.js';
import { SimulatedFleet } from './simulated-fleet.js';

const change = (before: readonly string[], after: readonly string[]): Relabelling => ({
  ...(labelChange(before, after) ?? never()),
  ...{ version: '1.0.0', bundles: [FORMER], devices: 6 },
});
const never = (): never => {
  throw new Error('the labels are the same');
};

const RENAMED = change(['free', 'crack', 'dent'], ['free', 'dent', 'blowhole']);
const DIFFER = 'labels differ from 1.0.0 (new: blowhole; gone: crack; changed place: dent (2 → 1))';

/** What devices send whose two versions have other labels: everything but pairs. */
const unpaired = (more: Partial<EvidenceContribution> = {}): EvidenceContribution => ({
  ...goodShown(),
  ...{ compared: null, freshCompared: null, unpairedFrames: 400 },
  ...more,
});

function relabelledFleet(given: Parameters<typeof spec>[0] = {}): SimulatedFleet {
  const fleet = new SimulatedFleet(rolloutOf({ relabellings: [RENAMED], ...given }));
  fleet.evidence = (stage) => evidenceOf(stage, unpaired());
  return fleet;
}

/** Deploys the current stage and looks at it until its watch is over. */
function watch(fleet: SimulatedFleet): void {
  fleet.tick();
  fleet.settle().tick();
  fleet.wait(61).tick();
}

describe('labels of two versions', () => {
  it.each([
    ['the same', ['a', 'b'], ['a', 'b'], null],
    ['a new one at the end', ['a', 'b'], ['a', 'b', 'c'], 'new: c'],
    ['one renamed', ['a', 'b'], ['a', 'c'], 'new: c; gone: b'],
    ['two that changed places', ['a', 'b'], ['b', 'a'], 'changed place: b (1 → 0), a (0 → 1)'],
    ['many', ['a'], ['a', 'b', 'c', 'd', 'e', 'f'], 'new: b, c, d, 2 more'],
  ])('are told apart: %s', (_, before, after, told) => {
    const found = labelChange(before, after);
    expect(found && relabellingText([{ ...found, version: '1.0.0' }])).toBe(
      told && `labels differ from 1.0.0 (${told})`,
    );
  });

  it('differ exactly where one is new, gone or elsewhere, whatever they are', () => {
    // Of a few labels, so that two lists have some in common.
    const labels = fc.uniqueArray(fc.nat(50).map(String), { minLength: 2, maxLength: 40 });
    const seen = { added: 0, gone: 0, moved: 0, many: 0 };
    fc.assert(
      fc.property(labels, labels, (before, after) => {
        expect(labelChange(before, before)).toBeNull();
        const found = labelChange(before, after);
        const common = before.filter((label) => after.includes(label));
        expect(found?.added.count ?? 0).toBe(after.length - common.length);
        expect(found?.gone.count ?? 0).toBe(before.length - common.length);
        expect(found?.moved.count ?? 0).toBe(
          common.filter((label) => before.indexOf(label) !== after.indexOf(label)).length,
        );
        for (const kind of ['added', 'gone', 'moved'] as const) {
          const { count, first } = found?.[kind] ?? { count: 0, first: [] };
          expect(first.length).toBe(Math.min(10, count));
          if (count > 0) seen[kind] += 1;
          if (count > 10) seen.many += 1;
        }
      }),
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(0);
  });
});

describe('a version with other labels', () => {
  it('waits for a person once all else is well, and says which labels differ', () => {
    const fleet = relabelledFleet();
    watch(fleet);
    expect(fleet.state).toBe('awaiting-approval');
    expect(fleet.rollout.status.reason).toBe(
      `stage 1 of 3 waits for approval: agreement: ${DIFFER}, so that answers cannot be compared; approve goes on by the other checks alone`,
    );
    const note = fleet.notes.at(-1);
    expect([note?.note, note?.judgement?.verdict]).toEqual(['awaiting-approval', 'inconclusive']);
    expect(fleet.noteKinds).not.toContain('paused');
    // It would only ask again.
    expect(fleet.operate('resume').ok).toBe(false);
  });

  it('goes on by the other checks to its end once a person approved, and names that person', () => {
    const fleet = relabelledFleet();
    watch(fleet);
    fleet.operate('approve');
    expect(fleet.notes.map(({ text }) => text)).toContain(
      'stage 1 approved by aki; labels differ, and answers are not compared',
    );
    watch(fleet);
    watch(fleet);
    expect([fleet.state, fleet.rollout.status.reason]).toEqual(['succeeded', '']);
    const { judgement } = fleet.rollout.status.stages[2]!;
    expect(judgement?.reason).toMatch(
      /^all 4 checks passed without comparing answers, as labels differ and aki approved; 3 of 3 new devices judged$/,
    );
    expect(judgement?.checks.find(({ name }) => name === 'agreement')).toMatchObject({
      ...{ verdict: 'pass', evidence: 'absolute', detail: `not compared, as aki approved: ${DIFFER}` },
      figures: { devices: 6, added: 1, gone: 1, moved: 1 },
    });
  });

  it('is out once a person approves its only stage', () => {
    const fleet = relabelledFleet({ stages: [6] });
    watch(fleet);
    fleet.operate('approve');
    fleet.tick();
    expect(fleet.state).toBe('succeeded');
  });

  it('still goes back by itself where it fails on frames, also while it waits', () => {
    const fleet = relabelledFleet();
    watch(fleet);
    fleet.evidence = (stage) =>
      evidenceOf(stage, unpaired({ candidate: { ...unpaired().candidate, failures: 160 } }));
    fleet.tick();
    expect([fleet.state, fleet.rollout.status.reason]).toEqual([
      'rolling-back',
      expect.stringMatching(/^error-rate: the version failed on 40.0 %/),
    ]);
  });

  it('names what frames can still show before what only a person can say', () => {
    const fleet = relabelledFleet();
    const few = { ...unpaired().candidate, frames: 20, answering: sketch(20, 5) };
    fleet.evidence = (stage) => evidenceOf(stage, unpaired({ candidate: few, freshFrames: 20 }));
    watch(fleet);
    expect(fleet.state).toBe('running');
    expect(fleet.notes.at(-1)?.text).toMatch(/watching on.*: error-rate: .*; agreement: labels differ from/);
    fleet.wait(400).tick();
    expect(fleet.state).toBe('paused');
    fleet.operate('approve');
    expect(fleet.rollout.status.labelsApprovedBy).toBe('aki');
  });

  it('is compared on devices that ran a version with the same labels, and asks nobody then', () => {
    const same = 'e'.repeat(64);
    const fleet = new SimulatedFleet(rolloutOf({ relabellings: [RENAMED] }), (position) => ({
      previousBundle: position % 2 === 0 ? same : FORMER,
    }));
    fleet.evidence = (stage) =>
      evidenceOf(stage, unpaired({ compared: pairs(400, 0.1), freshCompared: pairs(400, 0.1) }));
    for (let stage = 0; stage < 3; stage += 1) watch(fleet);
    expect(fleet.state).toBe('succeeded');
    expect(fleet.rollout.status.stages[2]?.judgement?.reason).toMatch(
      /against the former version, but for 3 devices whose former version has other labels/,
    );
  });

  it('widens by nobody but a person, is asked for once, and is never sent back for its labels', () => {
    const step = fc.oneof(
      fc.constant('settle' as const),
      fc.constantFrom(1, 61, 400),
      fc.constantFrom('approve' as const, 'pause' as const, 'resume' as const),
    );
    const seen = { asked: 0, widened: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const fleet = relabelledFleet();
        let approvals = 0;
        for (const one of steps) {
          if (one === 'settle') fleet.settle();
          else if (typeof one === 'number') fleet.wait(one);
          else if (fleet.operate(one).ok && one === 'approve') approvals += 1;
          fleet.tick();
          if (approvals === 0) expect(fleet.rollout.status.stage).toBe(0);
          expect(['rolling-back', 'rolled-back']).not.toContain(fleet.state);
        }
        const asked = fleet.noteKinds.filter((kind) => kind === 'awaiting-approval').length;
        expect(asked).toBeLessThanOrEqual(1);
        seen.asked += asked;
        if (fleet.rollout.status.stage > 0) seen.widened += 1;
      }),
      { numRuns: 200 },
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(0);
  });
});
