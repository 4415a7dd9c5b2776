import { describe, expect, it } from 'vitest';
import {
  DEPLOYMENT_STATES,
  type DeploymentState,
  type MemberStatus,
  type RolloutState,
} from '@hamon/contracts';
import fc from 'fast-check';
import {
  hasEnded,
  memberStatus,
  memberOutcome,
  deploymentClock,
  MOST_PER_DECISION,
  type ObservedMember,
} from '../src/index.js';
import { CANDIDATE, FORMER, goodEvidence, member, policy, rolloutOf, START } from './fixtures.js';
import { SimulatedFleet } from './simulated-fleet.js';

const UNSWITCHED = ['assigned', 'downloading', 'staged', 'self-tested', 'shadowing'] as const;
const SWITCHED = ['active', 'committed'] as const;

const fleetIn = (
  state: DeploymentState,
  online = true,
  change: Partial<ObservedMember> = {},
): SimulatedFleet => {
  const gate = policy({ maxUpdateFailureRate: 0.5 });
  const fleet = new SimulatedFleet(rolloutOf({ stages: [3], gate }), () => change);
  fleet.tick();
  for (const { device } of fleet.members) {
    fleet.setState(device, state);
    fleet.setOnline(device, online);
  }
  return fleet;
};
const kinds = (fleet: SimulatedFleet): string[] =>
  (fleet.last?.commands ?? []).filter(({ kind }) => kind !== 'note').map(({ kind }) => kind);

describe.each([true, false])('a device that has not switched (online: %s)', (online) => {
  it.each(UNSWITCHED)(
    'is held where the rollout is paused while it is %s, and let go by a resume',
    (state) => {
      const fleet = fleetIn(state, online);
      fleet.operate('pause');
      fleet.tick();
      expect(kinds(fleet)).toEqual(['hold', 'hold', 'hold']);
      expect(fleet.notes.filter(({ note }) => note === 'held').map(({ text }) => text)).toEqual([
        `3 devices held: they get ready and do not switch${online ? '' : ', 3 of them offline, to find that when they come back'}`,
      ]);
      fleet.tick();
      expect(kinds(fleet)).toEqual([]);
      fleet.operate('resume');
      fleet.tick();
      expect(kinds(fleet)).toEqual(['release', 'release', 'release']);
      expect(fleet.members.some(({ held }) => held)).toBe(false);
    },
  );

  it.each(UNSWITCHED)('is withdrawn where the rollout is aborted while it is %s', (state) => {
    const fleet = fleetIn(state, online);
    fleet.operate('abort');
    expect([fleet.state, fleet.rollout.status.endedAt]).toEqual(['aborting', null]);
    fleet.tick();
    expect(kinds(fleet)).toEqual(['revert', 'revert', 'revert']);
    if (online) {
      expect(fleet.state).toBe('aborting');
      for (const { device } of fleet.members) fleet.setRevert(device, 'committed', FORMER);
      fleet.tick();
    }
    expect(fleet.state).toBe('aborted');
    expect(fleet.notes.at(-1)?.text).toBe(
      online ? '3 devices withdrawn' : '0 devices withdrawn, 3 offline will follow',
    );
  });

  it.each(SWITCHED)('is left alone where it is %s: it has', (state) => {
    for (const action of ['pause', 'abort'] as const) {
      const fleet = fleetIn(state, online);
      fleet.operate(action);
      fleet.tick();
      expect(kinds(fleet)).toEqual([]);
      fleet.tick();
      expect(fleet.members.every(({ revert, held }) => revert === null && !held)).toBe(true);
      expect(fleet.state).toBe(action === 'pause' ? 'paused' : 'aborted');
    }
  });
});

describe('a pause', () => {
  it('by the gate holds in the very decision that pauses', () => {
    const fleet = new SimulatedFleet(
      rolloutOf({ stages: [2], gate: policy({ deploymentTimeoutSeconds: 300 }) }),
      () => ({ online: false, onlineSince: null }),
    );
    fleet.tick();
    fleet.wait(901).tick();
    expect([fleet.state, ...kinds(fleet)]).toEqual(['paused', 'hold', 'hold']);
  });

  it('counts no held time as failure, and gives the full time after it', () => {
    const fleet = fleetIn('downloading');
    const outcome = () => memberOutcome(fleet.members[0]!, deploymentClock(fleet.rollout), fleet.now);
    fleet.operate('pause');
    fleet.tick();
    fleet.wait(30 * 86_400).tick();
    expect([fleet.state, outcome()]).toEqual(['paused', 'waiting']);
    fleet.operate('resume');
    fleet.tick();
    fleet.wait(fleet.rollout.spec.gate.deploymentTimeoutSeconds - 1);
    expect(outcome()).toBe('waiting');
    fleet.wait(1);
    expect(outcome()).toBe('failed');
  });

  it('says whom it cannot hold, and asks nothing of them', () => {
    const fleet = fleetIn('shadowing', true, { canHold: false });
    fleet.operate('pause');
    fleet.tick();
    expect(kinds(fleet)).toEqual([]);
    expect(fleet.notes.at(-1)?.text).toBe(
      '0 devices held: they get ready and do not switch, 3 cannot be held, their agents being of an earlier release',
    );
  });

  it('does not sign for a device again that gave the version up while it was held', () => {
    const fleet = fleetIn('shadowing');
    fleet.operate('pause');
    fleet.tick();
    fleet.setState('camera-0', 'refused');
    fleet.setState('camera-1', 'committed');
    fleet.operate('resume');
    fleet.tick();
    expect(fleet.last?.commands).toEqual(
      expect.arrayContaining([
        { kind: 'release', device: 'camera-1' },
        { kind: 'release', device: 'camera-2' },
      ]),
    );
    expect(fleet.members[0]?.held).toBe(true);
  });

  it('of the last stage that a person answers for lets everybody go before the rollout succeeds', () => {
    const fleet = new SimulatedFleet(rolloutOf({ stages: [MOST_PER_DECISION + 5], watchSeconds: 0 }), () => ({
      online: false,
      onlineSince: null,
    }));
    fleet.tick();
    fleet.tick();
    fleet.wait(3 * fleet.rollout.spec.gate.deploymentTimeoutSeconds + 1).tick();
    while (fleet.members.some(({ held }) => !held)) fleet.tick();
    expect(fleet.state).toBe('paused');
    fleet.operate('approve');
    fleet.tick();
    expect([fleet.state, kinds(fleet).length]).toEqual(['running', MOST_PER_DECISION]);
    fleet.tick();
    expect([fleet.state, fleet.members.some(({ held }) => held)]).toEqual(['succeeded', false]);
  });
});

describe('an abort', () => {
  it('goes on in batches, one right after the other, and never ends between two', () => {
    const many = 2 * MOST_PER_DECISION + 50;
    const fleet = new SimulatedFleet(rolloutOf({ stages: [many] }));
    while (fleet.touched < many) fleet.tick();
    fleet.operate('abort');
    const asked: number[] = [];
    while (fleet.members.some(({ revert }) => revert === null)) {
      fleet.tick();
      asked.push(kinds(fleet).length);
      expect(fleet.state).toBe('aborting');
    }
    expect(asked).toEqual([MOST_PER_DECISION, MOST_PER_DECISION, 50]);
    expect(fleet.notes.map(({ text }) => text).filter((text) => text.includes('told to drop'))).toEqual([
      `${many} devices told to drop tile-inspector@2.0.0`,
    ]);
    fleet.settle();
    for (const { device } of fleet.members) fleet.setRevert(device, 'committed', FORMER);
    fleet.tick();
    expect(fleet.state).toBe('aborted');
  });

  it('names who had switched before hearing of it', () => {
    const fleet = fleetIn('shadowing', true, { previousBundle: null, currentBundle: null });
    fleet.operate('abort');
    fleet.tick();
    fleet.setRevert('camera-0', 'cleared' as DeploymentState, CANDIDATE);
    fleet.setRevert('camera-1', 'cleared' as DeploymentState, null);
    fleet.setRevert('camera-2', 'cleared' as DeploymentState, null);
    fleet.tick();
    expect(fleet.notes.at(-1)?.text).toBe(
      '2 devices withdrawn, 1 had switched before hearing of it, with nothing to go back to',
    );
  });

  it('waits for a device that does not answer no longer than a deployment may take, and names it', () => {
    const fleet = fleetIn('shadowing');
    fleet.operate('abort');
    fleet.tick();
    fleet.wait(fleet.rollout.spec.gate.deploymentTimeoutSeconds - 1).tick();
    expect(fleet.state).toBe('aborting');
    fleet.wait(1).tick();
    expect(fleet.state).toBe('aborted');
    expect(fleet.rollout.status.reason).toContain('aborted by aki; not back: camera-0');
  });

  it('may be turned into one with a way back while it is under way', () => {
    const fleet = fleetIn('committed');
    fleet.setState('camera-0', 'shadowing', FORMER);
    fleet.operate('abort');
    fleet.tick();
    fleet.operate('abort-and-revert');
    fleet.tick();
    expect(kinds(fleet)).toEqual(['revert', 'revert']);
    expect(fleet.operate('abort')).toMatchObject({ ok: false });
  });

  it('lets go who was held and had switched all the same', () => {
    const fleet = fleetIn('shadowing');
    fleet.operate('pause');
    fleet.tick();
    fleet.setState('camera-0', 'active');
    fleet.operate('abort');
    fleet.tick();
    expect(kinds(fleet).sort()).toEqual(['release', 'revert', 'revert']);
    expect(fleet.members.some(({ held }) => held)).toBe(false);
  });

  it('leaves nobody on the way to the version, whatever happened before', () => {
    let withdrawn = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...DEPLOYMENT_STATES), { minLength: 6, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.boolean(),
        (states, online, paused) => {
          const fleet = new SimulatedFleet(rolloutOf({ stages: [6] }));
          fleet.evidence = (stage) => goodEvidence(stage);
          fleet.tick();
          states.forEach((state, i) => {
            fleet.setState(`camera-${i}`, state);
            fleet.setOnline(`camera-${i}`, online[i]!);
          });
          if (paused) fleet.operate('pause');
          fleet.tick();
          if (!fleet.operate('abort').ok) return;
          for (let i = 0; i < 5 && !hasEnded(fleet.state); i += 1) fleet.wait(4000).tick();
          expect(hasEnded(fleet.state)).toBe(true);
          for (const { deployment, revert } of fleet.members) {
            const isOnItsWay = (UNSWITCHED as readonly string[]).includes(deployment?.state ?? '');
            if (!isOnItsWay) continue;
            expect(revert).not.toBeNull();
            withdrawn += 1;
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(withdrawn).toBeGreaterThan(0);
  });
});

describe('what a device does about its rollout', () => {
  const status = (state: RolloutState, change: Partial<ObservedMember>): MemberStatus =>
    memberStatus(member(0, change), state);
  const deployed = (state: DeploymentState): Partial<ObservedMember> => ({
    deployment: { state, assignedAt: START.toISOString(), reason: null },
  });
  const cases: [RolloutState, Partial<ObservedMember>, MemberStatus][] = [
    ['running', {}, 'pending'],
    ['running', deployed('downloading'), 'updating'],
    ['running', { ...deployed('shadowing'), held: true }, 'held'],
    ['paused', { ...deployed('shadowing'), held: true }, 'held'],
    ['paused', deployed('shadowing'), 'held'],
    ['paused', { ...deployed('assigned'), online: false }, 'will-hold'],
    ['paused', { ...deployed('shadowing'), canHold: false }, 'cannot-hold'],
    ['paused', deployed('active'), 'running'],
    ['paused', deployed('refused'), 'failed'],
    ['aborting', deployed('shadowing'), 'returning'],
    ['aborting', { ...deployed('shadowing'), online: false }, 'will-return'],
    ['aborting', deployed('committed'), 'running'],
    ['aborted', { ...deployed('superseded'), revert: { state: 'committed' } }, 'returned'],
    ['aborted', { ...deployed('superseded'), revert: { state: 'assigned' }, online: false }, 'will-return'],
    [
      'aborted',
      {
        ...deployed('superseded'),
        revert: { state: 'cleared' },
        previousBundle: null,
        currentBundle: CANDIDATE,
      },
      'running',
    ],
    ['rolling-back', deployed('committed'), 'returning'],
    [
      'rolled-back',
      { ...deployed('committed'), revert: { state: 'refused' }, currentBundle: CANDIDATE },
      'elsewhere',
    ],
    ['succeeded', deployed('superseded'), 'replaced'],
  ];
  it.each(cases)('in a rollout that is %s: %j', (state, change, expected) => {
    expect(status(state, change)).toBe(expected);
  });
});
