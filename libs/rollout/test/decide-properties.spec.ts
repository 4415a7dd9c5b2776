import { describe, expect, it } from 'vitest';
import { runs } from '@hamon/testing';
import { DEPLOYMENT_STATES, isProgress, isTerminal, type DeploymentState } from '@hamon/contracts';
import fc from 'fast-check';
import { decide, emptyEvidence, hasEnded, memberOutcome, type StageEvidence } from '../src/index.js';
import { collapsedPairs, evidenceOf, goodEvidence, goodShown, policy, rolloutOf, SMALL } from './fixtures.js';
import { SimulatedFleet } from './simulated-fleet.js';

const GOOD = [0, 1, 2].map((stage) => goodEvidence(stage));
const KINDS: Record<string, (stage: number) => StageEvidence> = {
  none: emptyEvidence,
  good: (stage) => GOOD[stage]!,
  bad: (stage) => evidenceOf(stage, { ...goodShown(), compared: collapsedPairs(400) }),
};

/** Every other device runs another variant. */
const MIXED: Record<string, (stage: number) => StageEvidence> = Object.fromEntries(
  Object.entries(KINDS).map(([name, kind]) => [
    name,
    (stage: number): StageEvidence => ({
      stage,
      groups: kind(stage).groups.flatMap((group) => [
        group,
        // The variant of the first device decides: the other one joins from the second stage on.
        { ...group, ...goodShown(), variant: 'int8-static' },
      ]),
    }),
  ]),
);

const DEVICES = 6;
const device = fc.nat(DEVICES - 1).map((n) => `camera-${n}`);
type Happening =
  | { kind: 'wait'; seconds: number }
  | { kind: 'online'; device: string; online: boolean }
  | { kind: 'report'; device: string; state: DeploymentState }
  | { kind: 'leave'; device: string }
  | { kind: 'settle' }
  | { kind: 'evidence'; which: string }
  | { kind: 'operate'; action: 'pause' | 'resume' | 'approve' | 'abort' | 'abort-and-revert' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 61, 400, 5000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('evidence' as const),
      which: fc.constantFrom('none', 'good', 'good', 'good', 'good', 'bad'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('online' as const), device, online: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      device,
      state: fc.constantFrom(...DEPLOYMENT_STATES, ...Array<'shadowing'>(5).fill('shadowing')),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), device }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('operate' as const),
      action: fc.constantFrom(
        'pause' as const,
        'resume' as const,
        'resume' as const,
        'approve' as const,
        'abort' as const,
        'abort-and-revert' as const,
      ),
    }),
  },
);

/** Little goes wrong, so that some rollouts come to their end. */
const smoothly: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'settle' as const }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(61, 400) }),
  },
  {
    weight: 4,
    arbitrary: fc.constant({ kind: 'operate' as const, action: 'approve' as const }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      device,
      state: fc.constantFrom('shadowing' as const, 'active' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), device }) },
);
const histories = fc.oneof(
  fc.array(happening, { maxLength: 30 }),
  fc.array(smoothly, { minLength: 20, maxLength: 40 }),
);

/** Devices report only forward, and only what they were assigned. */
function report(fleet: SimulatedFleet, name: string, state: DeploymentState): void {
  const now = fleet.members.find((m) => m.device === name)?.deployment?.state;
  if (now && !isTerminal(now) && isProgress(now, state)) fleet.setState(name, state);
}

/** A device that runs the version goes back by itself, however long ago it committed it. */
function leave(fleet: SimulatedFleet, name: string): void {
  const { deployment, previousBundle } = fleet.members.find((m) => m.device === name) ?? {};
  const runs = deployment?.state === 'active' || deployment?.state === 'committed';
  if (runs && previousBundle) fleet.setState(name, 'rolled-back', previousBundle);
}

function happen(fleet: SimulatedFleet, it: Happening, kinds: typeof KINDS): void {
  switch (it.kind) {
    case 'wait':
      fleet.wait(it.seconds);
      break;
    case 'online':
      fleet.setOnline(it.device, it.online);
      break;
    case 'report':
      report(fleet, it.device, it.state);
      break;
    case 'leave':
      leave(fleet, it.device);
      break;
    case 'settle':
      fleet.settle();
      break;
    case 'evidence':
      fleet.evidence = kinds[it.which]!;
      break;
    case 'operate':
      fleet.operate(it.action);
      break;
  }
}

const setup = fc.record({
  approve: fc.constantFrom('auto' as const, 'manual' as const),
  maxParallel: fc.constantFrom(null, 1, 2),
  offline: fc.uniqueArray(fc.nat(DEVICES - 1), { maxLength: 3 }),
  first: fc.boolean(),
  mixed: fc.boolean(),
});

/** A stage that goes as it should. */
const STAGE: readonly Happening[] = [{ kind: 'settle' }, { kind: 'wait', seconds: 61 }];

/** Histories in which what properties look for comes about, whatever else is drawn. */
const PLAIN = { approve: 'auto' as const, maxParallel: null, offline: [], first: false, mixed: false };
const BEGIN: Happening = { kind: 'wait', seconds: 1 };
const BAD: Happening = { kind: 'evidence', which: 'bad' };
const SUCCEEDS = [BEGIN, ...STAGE, ...STAGE, ...STAGE];
const ROLLS_BACK = [BEGIN, ...STAGE, ...STAGE, BAD, ...STAGE];
const LACKS_FRAMES: Happening[] = [
  BEGIN,
  { kind: 'report', device: 'camera-0', state: 'shadowing' },
  { kind: 'wait', seconds: 400 },
];
const EXAMPLES: [typeof PLAIN, Happening[]][] = [SUCCEEDS, ROLLS_BACK, LACKS_FRAMES].map((history) => [
  PLAIN,
  history,
]);

/** Runs histories and calls `after` after every decision: it says whether what it looks for was there. */
function everyHistory(after: (fleet: SimulatedFleet) => boolean): void {
  let found = 0;
  fc.assert(
    fc.property(setup, histories, ({ approve, maxParallel, offline, first, mixed }, history) => {
      const gate = policy({ deploymentTimeoutSeconds: 300, maxUpdateFailureRate: 0.4 });
      const fleet = new SimulatedFleet(rolloutOf({ approve, maxParallel, gate }), (position) => ({
        ...(offline.includes(position) && { online: false, onlineSince: null }),
        ...(first && { previousBundle: null, currentBundle: null }),
        ...(mixed && position % 2 === 1 && { variant: 'int8-static', bundle: SMALL }),
      }));
      const kinds = mixed ? MIXED : KINDS;
      fleet.evidence = kinds['good']!;
      for (const event of history) {
        happen(fleet, event, kinds);
        fleet.tick();
        if (after(fleet)) found += 1;
      }
    }),
    { numRuns: runs(100, 3_000), examples: EXAMPLES },
  );
  expect(found).toBeGreaterThan(0);
}

describe('whatever happens, and in whatever order', () => {
  it('touches no device beyond the current stage, assigns each its own variant, and reverts each at most once', () => {
    // The simulated fleet throws on a second assignment or revert, and on another device's variant.
    everyHistory(({ members, rollout }) => {
      const reach = rollout.status.stages[rollout.status.stage]?.devices ?? 0;
      for (const { deployment, position } of members) {
        if (deployment) expect(position).toBeLessThan(reach);
      }
      return members.some(({ revert }) => revert !== null);
    });
  });

  it('decides nothing more on the same facts once a decision is applied', () => {
    everyHistory((fleet) => {
      const { status } = fleet.rollout;
      const again = fleet.tick();
      // Reverts of devices that had nothing before are settled by being applied, and a way back may end then.
      const goesBack = status.state === 'rolling-back' || status.state === 'aborting';
      const ends = goesBack && hasEnded(again.next.status.state);
      if (!ends) expect(again.commands).toEqual([]);
      const oncemore = fleet.tick();
      expect(oncemore.commands).toEqual([]);
      expect(oncemore.next).toEqual(fleet.rollout);
      return !ends;
    });
  });

  it('starts no deployment on an online device beyond the limit', () => {
    everyHistory((fleet) => {
      const { maxParallel, gate } = fleet.rollout.spec;
      const assigned = new Set(
        fleet.last?.commands.flatMap((command) => (command.kind === 'assign' ? [command.device] : [])),
      );
      const underWay = fleet.members.filter(
        (m) => m.deployment && memberOutcome(m, gate, fleet.now) === 'waiting',
      );
      const started = underWay.filter((m) => assigned.has(m.device));
      if (maxParallel === null || started.length === 0) return false;
      expect(underWay.length).toBeLessThanOrEqual(maxParallel);
      return true;
    });
  });

  it('stays ended', () => {
    everyHistory(({ rollout, members, now }) => {
      if (!hasEnded(rollout.status.state)) return false;
      const decision = decide(rollout, { members, evidence: KINDS['bad']!(rollout.status.stage) }, now);
      expect(decision).toEqual({ next: rollout, commands: [] });
      return true;
    });
  });

  it('always says when to look again until it has ended, and not in the past', () => {
    everyHistory(({ last, rollout, now }) => {
      const isOver = hasEnded(rollout.status.state);
      if (isOver) expect(last?.wakeAt).toBeUndefined();
      else expect(last?.wakeAt?.getTime()).toBeGreaterThan(now.getTime());
      return hasEnded(rollout.status.state);
    });
  });

  it('ends in success only with every stage passed or answered for, and every member assigned', () => {
    everyHistory(({ rollout, members }) => {
      if (rollout.status.state !== 'succeeded') return false;
      expect(rollout.status.stages.every(({ state }) => state === 'passed')).toBe(true);
      expect(members.every(({ deployment }) => deployment !== null)).toBe(true);
      return true;
    });
  });

  it('ends in success only where no more devices left the version than the gate allows', () => {
    everyHistory(({ rollout, members, noteKinds, last }) => {
      // Who leaves afterwards is no longer of the rollout.
      if (!last?.commands.some((command) => command.kind === 'note' && command.note === 'succeeded'))
        return false;
      // A person may answer for a stage that the gate would not have passed.
      if (noteKinds.includes('approved')) return false;
      const left = members.filter(({ deployment }) => deployment?.state === 'rolled-back').length;
      expect(left / members.length).toBeLessThanOrEqual(rollout.spec.gate.maxUpdateFailureRate);
      return true;
    });
  });

  it('never takes want of frames for a failure of the update', () => {
    everyHistory(({ members, rollout, now }) => {
      const shadowing = members.filter(({ deployment }) => deployment?.state === 'shadowing');
      const outcomes = shadowing.map((member) => memberOutcome(member, rollout.spec.gate, now));
      expect(outcomes).not.toContain('failed');
      return outcomes.includes('unproven');
    });
  });

  it('sends every touched device back before it calls itself rolled back', () => {
    everyHistory(({ rollout, members }) => {
      if (rollout.status.state !== 'rolled-back') return false;
      const touched = members.filter(({ deployment }) => deployment !== null);
      for (const { revert } of touched) expect(revert).not.toBeNull();
      return touched.length > 0;
    });
  });
});
