import { beforeEach, describe, expect, it } from 'vitest';
import {
  currentStage,
  emptyEvidence,
  startRollout,
  watchEnd,
  type RolloutSpec,
  type StageEvidence,
} from '../src/index.js';
import {
  CANDIDATE,
  collapsedPairs,
  evidenceOf,
  FORMER,
  goodEvidence,
  goodShown,
  policy,
  rolloutOf,
  SMALL,
  spec,
  START,
} from './fixtures.js';
import { SimulatedFleet } from './simulated-fleet.js';

const GOOD = [0, 1, 2, 3].map((stage) => goodEvidence(stage));
const BAD = GOOD.map(({ stage }) => evidenceOf(stage, { ...goodShown(), compared: collapsedPairs(400) }));

const fleetOf = (
  change: Partial<RolloutSpec> = {},
  ...rest: [ConstructorParameters<typeof SimulatedFleet>[1]?]
) => {
  const fleet = new SimulatedFleet(rolloutOf(change), ...rest);
  fleet.evidence = (stage) => GOOD[stage]!;
  return fleet;
};

/** Lets the current stage deploy, settle and be watched to its end. */
function passOneStage(fleet: SimulatedFleet): void {
  fleet.tick();
  fleet.settle().tick();
  fleet.wait(61).tick();
}

describe('a good rollout', () => {
  it('ripples stage by stage and ends in success', () => {
    const fleet = fleetOf();
    const touched: number[] = [];
    for (let stage = 0; stage < 3; stage += 1) {
      passOneStage(fleet);
      touched.push(fleet.touched);
    }
    // Each pass assigns the next stage in the same decision.
    expect(touched).toEqual([3, 6, 6]);
    expect(fleet.state).toBe('succeeded');
    expect(fleet.rollout.status.stages.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed']);
    expect(fleet.rollout.status.endedAt).toBe(fleet.now.toISOString());
    expect(fleet.noteKinds).toEqual([
      'watch-started',
      'stage-passed',
      'stage-started',
      'watch-started',
      'stage-passed',
      'stage-started',
      'watch-started',
      'stage-passed',
      'succeeded',
    ]);
    expect(fleet.last?.wakeAt).toBeUndefined();
  });

  it('gives each device its own variant, and goes back from all where one variant fails', () => {
    const small = { variant: 'int8-static', bundle: SMALL };
    const fleet = fleetOf({ stages: [2, 6] }, (position) => (position % 2 === 1 ? small : {}));
    const both = (stage: number, of: typeof GOOD): StageEvidence => ({
      stage,
      groups: [
        ...GOOD[stage]!.groups,
        ...of[stage]!.groups.map((group) => ({ ...group, variant: small.variant })),
      ],
    });
    fleet.evidence = (stage) => both(stage, GOOD);
    const assigned = fleet.tick().commands.flatMap((it) => (it.kind === 'assign' ? [it.variant] : []));
    expect(assigned).toEqual(['fp32', 'int8-static']);
    fleet.settle().tick();
    fleet.wait(61).tick();
    expect(fleet.touched).toBe(6);
    fleet.settle();
    fleet.evidence = (stage) => both(stage, BAD);
    fleet.tick();
    expect(fleet.rollout.status.reason).toMatch(/^int8-static: collapse/);
    expect(fleet.members.every(({ revert }) => revert !== null)).toBe(true);
    fleet.settle().tick();
    expect(fleet.state).toBe('rolled-back');
  });

  it('is watched for its full time, and woken when that ends', () => {
    const fleet = fleetOf({ watchSeconds: 20 });
    fleet.tick();
    fleet.settle().tick();
    expect(currentStage(fleet.rollout)).toMatchObject({ state: 'watching' });
    expect(watchEnd(fleet.rollout)).toEqual(new Date(fleet.now.getTime() + 20_000));
    expect(fleet.last?.wakeAt).toEqual(new Date(fleet.now.getTime() + 20_000));
    fleet.wait(19).tick();
    expect(fleet.rollout.status.stage).toBe(0);
    fleet.wait(1).tick();
    expect(fleet.rollout.status.stage).toBe(1);
  });

  it('does not start the watch before every reachable device has settled', () => {
    const fleet = fleetOf({ stages: [3] });
    fleet.tick();
    fleet.setState('camera-0', 'active');
    fleet.setState('camera-1', 'active');
    fleet.wait(300).tick();
    expect(currentStage(fleet.rollout).state).toBe('deploying');
    fleet.settle().tick();
    expect(currentStage(fleet.rollout).state).toBe('watching');
  });

  it('is watched until its devices have committed, also in the last stage', () => {
    const fleet = fleetOf({ stages: [1, 2], watchSeconds: 5, probationSeconds: 600 });
    for (const [stage, device] of ['camera-0', 'camera-1'].entries()) {
      fleet.tick();
      fleet.setState(device, 'active');
      fleet.tick();
      fleet.wait(599).tick();
      expect(fleet.rollout.status).toMatchObject({ state: 'running', stage });
      expect(fleet.notes.at(-1)?.text).toBe('watching on, at most 11 min: 1 device still on probation');
      fleet.setState(device, 'committed');
      fleet.tick();
    }
    expect(fleet.state).toBe('succeeded');
  });

  it('goes back where the last stage gives the version up on probation', () => {
    const fleet = fleetOf({ stages: [2], watchSeconds: 5, probationSeconds: 60 });
    fleet.tick();
    fleet.settle('active').tick();
    fleet.wait(30).tick();
    fleet.setState('camera-1', 'rolled-back', FORMER);
    fleet.tick();
    expect(fleet.state).toBe('rolling-back');
  });

  it('waits for no probation without end, nor for one on a device that is away', () => {
    const fleet = fleetOf({ stages: [1, 2], watchSeconds: 5, probationSeconds: 60 });
    fleet.tick();
    fleet.settle('active').tick();
    fleet.wait(119).tick();
    expect(fleet.touched).toBe(1);
    fleet.wait(1).tick();
    expect(fleet.touched).toBe(2);
    fleet.settle('active').tick();
    for (const { device } of fleet.members) fleet.setOnline(device, false);
    fleet.wait(6).tick();
    expect(fleet.state).toBe('succeeded');
  });

  it('waits for a person between stages, but not after the last', () => {
    const fleet = fleetOf({ stages: [1, 2], approve: 'manual' });
    passOneStage(fleet);
    expect(fleet.state).toBe('awaiting-approval');
    fleet.wait(86_400).tick();
    expect(fleet.touched).toBe(1);
    expect(fleet.operate('approve').ok).toBe(true);
    expect(fleet.state).toBe('running');
    passOneStage(fleet);
    expect(fleet.state).toBe('succeeded');
  });
});

describe('a bad version', () => {
  it('stops at the first stage and the touched device goes back', () => {
    const fleet = fleetOf();
    fleet.tick();
    fleet.settle();
    fleet.evidence = (stage) => BAD[stage]!;
    fleet.tick();
    expect(fleet.state).toBe('rolling-back');
    expect(fleet.rollout.status.reason).toMatch(/^collapse/);
    expect(fleet.members.map(({ revert }) => revert !== null)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    fleet.settle().wait(1).tick();
    expect(fleet.state).toBe('rolled-back');
    expect(fleet.touched).toBe(1);
    expect(currentStage(fleet.rollout)).toMatchObject({ state: 'failed', judgement: { verdict: 'fail' } });
    expect(fleet.notes.find(({ note }) => note === 'gate-failed')?.judgement?.verdict).toBe('fail');
  });

  it('stops while it still shadows, before any activation', () => {
    const fleet = fleetOf();
    fleet.tick();
    fleet.settle('shadowing');
    fleet.evidence = (stage) => BAD[stage]!;
    fleet.tick();
    expect(fleet.state).toBe('rolling-back');
  });

  it('takes every touched device of all stages back', () => {
    const fleet = fleetOf();
    passOneStage(fleet);
    fleet.settle();
    fleet.evidence = (stage) => BAD[stage]!;
    fleet.tick();
    expect(fleet.members.filter(({ revert }) => revert).length).toBe(3);
    fleet.settle().wait(1).tick();
    expect(fleet.state).toBe('rolled-back');
  });

  it('stops when its device refuses it, without another assignment', () => {
    const fleet = fleetOf();
    fleet.tick();
    fleet.settle('active', () => true).tick();
    expect(fleet.state).toBe('rolling-back');
    expect(fleet.rollout.status.reason).toMatch(/^update-failures/);
    expect(fleet.touched).toBe(1);
  });

  it('is still stopped while the rollout is paused or waits for approval', () => {
    for (const hold of ['paused', 'awaiting-approval'] as const) {
      const fleet = fleetOf({ approve: 'manual' });
      fleet.tick();
      if (hold === 'paused') fleet.operate('pause');
      else passOneStage(fleet);
      expect(fleet.state).toBe(hold);
      fleet.evidence = (stage) => BAD[stage]!;
      fleet.tick();
      expect(fleet.state).toBe('rolling-back');
    }
  });
});

describe('going back', () => {
  let fleet: SimulatedFleet;
  beforeEach(() => {
    fleet = fleetOf({ stages: [3], gate: policy({ deploymentTimeoutSeconds: 100 }) });
    fleet.tick();
    fleet.settle();
    fleet.evidence = (stage) => BAD[stage]!;
  });

  it('does not wait for an offline device', () => {
    fleet.setOnline('camera-2', false);
    fleet.tick();
    fleet.settle().wait(1).tick();
    expect(fleet.state).toBe('rolled-back');
    expect(fleet.notes.at(-1)?.text).toBe('2 devices back, 1 offline will follow');
  });

  it('does not wait for a stuck device beyond the time-out', () => {
    fleet.tick();
    fleet.wait(99).tick();
    expect(fleet.state).toBe('rolling-back');
    fleet.wait(1).tick();
    expect(fleet.state).toBe('rolled-back');
    expect(fleet.notes.at(-1)?.text).toMatch(/3 did not answer in time/);
  });

  it('does not take a superseded deployment for a finished way back', () => {
    fleet.tick();
    for (const { device } of fleet.members) fleet.setState(device, 'superseded');
    fleet.wait(1).tick();
    expect(fleet.state).toBe('rolling-back');
  });

  it('names whoever ended its way back and did not come back', () => {
    fleet.tick();
    fleet.settle();
    fleet.setRevert('camera-1', 'refused', CANDIDATE, 'latency-budget');
    fleet.wait(1).tick();
    expect(fleet.state).toBe('rolled-back');
    expect(fleet.notes.at(-1)?.text).toBe('2 devices back, 1 did not come back (camera-1: latency-budget)');
    expect(fleet.rollout.status.reason).toMatch(/; not back: camera-1: latency-budget$/);
  });

  it('ends at once when all touched devices are offline', () => {
    for (const { device } of fleet.members) fleet.setOnline(device, false);
    fleet.tick();
    expect(fleet.state).toBe('rolled-back');
    expect(fleet.members.every(({ revert }) => revert)).toBe(true);
  });

  it('clears what a device without a former version was to run', () => {
    const first = fleetOf({ stages: [1] }, () => ({ previousBundle: null, currentBundle: null }));
    first.tick();
    first.settle('active', () => true).tick();
    expect(first.members[0]?.revert?.state).toBe('cleared');
    first.wait(1).tick();
    expect(first.state).toBe('rolled-back');
    expect(first.notes.at(-1)?.text).toBe('1 device back');
  });

  it('says that a device without a former version keeps the one that failed', () => {
    const first = fleetOf({ stages: [2] }, () => ({ previousBundle: null, currentBundle: null }));
    first.tick();
    first.setState('camera-0', 'active');
    first.setState('camera-1', 'refused');
    first.tick();
    first.wait(1).tick();
    expect(first.state).toBe('rolled-back');
    expect(first.notes.at(-1)?.text).toBe(
      '1 device back, 1 on tile-inspector@2.0.0 still, having run nothing before',
    );
  });
});

describe('a device that leaves the version after it has committed it', () => {
  it('fails the stage, by its reason or by what it runs', () => {
    for (const state of ['rolled-back', 'committed'] as const) {
      const fleet = fleetOf({ stages: [1, 6], watchSeconds: 600 });
      fleet.tick();
      fleet.settle('committed').tick();
      fleet.wait(300).setState('camera-0', state, FORMER);
      fleet.tick();
      expect(fleet.state).toBe('rolling-back');
      expect(fleet.rollout.status.reason).toMatch(state === 'committed' ? /not-running/ : /update-failures/);
      expect(fleet.touched).toBe(1);
    }
  });

  it('fails a later stage too, where it came with an earlier one', () => {
    const fleet = fleetOf({ stages: [1, 3] });
    passOneStage(fleet);
    fleet.settle('committed').tick();
    fleet.setState('camera-0', 'rolled-back', FORMER);
    fleet.tick();
    expect(fleet.state).toBe('rolling-back');
  });

  it('is no failure where its damaged files are installed once more long after the update', () => {
    const fleet = fleetOf({ stages: [1, 2], watchSeconds: 14_400 });
    fleet.tick();
    fleet.settle('committed').tick();
    for (const seconds of [3600, 3600]) {
      fleet.wait(seconds).setState('camera-0', 'committed', null);
      fleet.tick();
      expect(fleet.state).toBe('running');
    }
  });

  it('is waited for while its damaged files are installed once more', () => {
    const fleet = fleetOf({ stages: [1, 2] });
    fleet.tick();
    fleet.settle('committed').tick();
    fleet.setState('camera-0', 'committed', null);
    fleet.wait(61).tick();
    expect([fleet.state, fleet.touched]).toEqual(['running', 1]);
    fleet.setState('camera-0', 'committed');
    fleet.tick();
    expect(fleet.touched).toBe(2);
  });
});

describe('silence', () => {
  it('prolongs the watch and then pauses for a person', () => {
    const fleet = fleetOf({ stages: [1, 2] });
    fleet.evidence = () => goodEvidence(0, 40);
    fleet.tick();
    fleet.settle().tick();
    fleet.wait(61).tick();
    expect(fleet.state).toBe('running');
    expect(currentStage(fleet.rollout).prolonged).toBe(true);
    expect(watchEnd(fleet.rollout)).toEqual(new Date(fleet.now.getTime() + 299_000));
    fleet.wait(200).tick();
    fleet.wait(100).tick();
    expect(fleet.state).toBe('paused');
    expect(fleet.rollout.status).toMatchObject({ pausedBy: 'gate', stage: 0 });
    expect(watchEnd(fleet.rollout)).toBeNull();
    expect(fleet.rollout.status.reason).toMatch(/could not be judged: agreement: 40 of the 120 frames/);
    expect(fleet.noteKinds.filter((kind) => kind === 'watch-prolonged')).toHaveLength(1);
    expect(fleet.touched).toBe(1);
  });

  it('can be answered for by a person, or watched again', () => {
    for (const action of ['approve', 'resume'] as const) {
      const fleet = fleetOf({ stages: [1, 2] });
      fleet.evidence = () => goodEvidence(0, 40);
      fleet.tick();
      fleet.settle().tick();
      fleet.wait(400).tick();
      expect(fleet.state).toBe('paused');
      expect(fleet.operate(action).ok).toBe(true);
      expect(fleet.rollout.status).toMatchObject({ state: 'running', reason: '', pausedBy: null });
      expect(fleet.rollout.status.stage).toBe(action === 'approve' ? 1 : 0);
      expect(fleet.rollout.status.stages[0]?.judgement?.verdict).toBe('inconclusive');
    }
  });

  it('is not made up for by evidence of an earlier stage', () => {
    const fleet = fleetOf({ stages: [1, 2] });
    fleet.evidence = () => GOOD[0]!;
    passOneStage(fleet);
    expect(fleet.rollout.status.stage).toBe(1);
    fleet.settle().tick();
    fleet.wait(61).tick();
    expect(fleet.state).toBe('running');
    expect(currentStage(fleet.rollout).judgement?.verdict).toBe('inconclusive');
  });

  it('pauses a stage of which no device can be reached, and waits as long again once resumed', () => {
    const gate = policy({ deploymentTimeoutSeconds: 600 });
    const fleet = fleetOf({ stages: [1, 2], gate }, () => ({ online: false, onlineSince: null }));
    fleet.tick();
    expect(fleet.touched).toBe(1);
    for (const until of ['first', 'resumed']) {
      fleet.wait(1799).tick();
      expect([until, fleet.state]).toEqual([until, 'running']);
      expect(fleet.last?.wakeAt).toEqual(new Date(fleet.now.getTime() + 1000));
      fleet.wait(1).tick();
      expect(fleet.rollout.status).toMatchObject({ state: 'paused', pausedBy: 'gate', stage: 0 });
      expect(fleet.rollout.status.reason).toBe(
        'stage 1: no device of this stage could be reached for 30 min',
      );
      expect(fleet.operate('resume').ok).toBe(true);
      fleet.tick();
    }
    expect(fleet.touched).toBe(1);
  });

  it('counts the time out of reach anew after a device was there', () => {
    const gate = policy({ deploymentTimeoutSeconds: 600 });
    const fleet = fleetOf({ stages: [1], gate }, () => ({ online: false, onlineSince: null }));
    fleet.tick();
    fleet.wait(1700).tick();
    fleet.setOnline('camera-0', true);
    fleet.wait(10).tick();
    fleet.setOnline('camera-0', false);
    fleet.wait(100).tick();
    expect(fleet.state).toBe('running');
  });

  it('does not hurry a device that is back after long', () => {
    const fleet = fleetOf({ stages: [1] }, () => ({ online: false, onlineSince: null }));
    fleet.tick();
    fleet.wait(30 * 86_400).tick();
    fleet.tick();
    expect(currentStage(fleet.rollout).state).toBe('deploying');
    fleet.operate('resume');
    fleet.setOnline('camera-0', true);
    fleet.wait(5).tick();
    // Back after a month, it has its whole time: that is no failure of the update.
    expect(fleet.state).toBe('running');
    fleet.settle().tick();
    fleet.wait(61).tick();
    expect(fleet.state).toBe('succeeded');
  });

  it('pauses at once on evidence that contradicts itself', () => {
    const fleet = fleetOf({ stages: [1] });
    fleet.evidence = (stage) => evidenceOf(stage, { ...goodShown(), freshFrames: 9999 });
    fleet.tick();
    fleet.settle().tick();
    fleet.wait(61).tick();
    expect(fleet.rollout.status).toMatchObject({ state: 'paused', pausedBy: 'gate' });
    expect(fleet.rollout.status.reason).toMatch(/evidence cannot be used/);
  });
});

describe('stuck and parallel deployments', () => {
  it('counts an online device that does not finish in time as a failure', () => {
    const fleet = fleetOf({ stages: [2], gate: policy({ deploymentTimeoutSeconds: 300 }) });
    fleet.tick();
    fleet.setState('camera-0', 'active');
    expect(fleet.tick().wakeAt?.getTime()).toBeLessThanOrEqual(START.getTime() + 300_000);
    fleet.wait(299).tick();
    expect(fleet.state).toBe('running');
    fleet.wait(1).tick();
    expect(fleet.rollout.status.reason).toMatch(/timeout/);
  });

  it('takes a line that stands still for want of evidence, and pauses', () => {
    const gate = policy({ deploymentTimeoutSeconds: 300 });
    const fleet = fleetOf({ stages: [1, 6], gate });
    fleet.evidence = emptyEvidence;
    fleet.tick();
    fleet.settle('shadowing');
    fleet.wait(300).tick();
    expect(fleet.state).toBe('running');
    expect(currentStage(fleet.rollout).state).toBe('watching');
    fleet.wait(359).tick();
    expect(fleet.state).toBe('running');
    fleet.wait(1).tick();
    expect(fleet.rollout.status).toMatchObject({
      state: 'paused',
      reason: expect.stringMatching(/1 without enough frames to compare the versions on/),
    });
    expect(fleet.members.every(({ revert }) => revert === null)).toBe(true);
    // The line runs again.
    fleet.evidence = (stage) => GOOD[stage]!;
    fleet.settle();
    expect(fleet.members[0]?.deployment?.state).toBe('shadowing');
    fleet.operate('resume');
    fleet.tick();
    fleet.settle();
    fleet.wait(61).tick();
    expect(fleet.touched).toBe(6);
  });

  it('holds nobody up by one line that stands still, and still stops at those that fail', () => {
    const gate = policy({ deploymentTimeoutSeconds: 300 });
    const fleet = fleetOf({ stages: [2, 6], gate });
    fleet.tick();
    fleet.setState('camera-0', 'committed');
    fleet.setState('camera-1', 'shadowing');
    fleet.wait(300).tick();
    fleet.wait(61).tick();
    expect(fleet.touched).toBe(6);
    fleet.setState('camera-1', 'refused');
    fleet.tick();
    expect(fleet.state).toBe('rolling-back');
  });

  it('gives up a device that comes and goes', () => {
    const gate = policy({ deploymentTimeoutSeconds: 100, maxUpdateFailureRate: 1 });
    const fleet = fleetOf({ stages: [2], gate });
    fleet.tick();
    fleet.setState('camera-0', 'active');
    for (let i = 0; i < 4; i += 1) {
      fleet.wait(80);
      fleet.setOnline('camera-1', false);
      fleet.setOnline('camera-1', true);
      fleet.tick();
    }
    expect(currentStage(fleet.rollout).state).toBe('watching');
  });

  it('keeps to its limit of deployments under way, and hands a freed slot on', () => {
    const fleet = fleetOf({ stages: [6], maxParallel: 2 });
    fleet.tick();
    expect(fleet.touched).toBe(2);
    fleet.tick();
    expect(fleet.touched).toBe(2);
    fleet.setState('camera-0', 'active');
    fleet.tick();
    expect(fleet.touched).toBe(3);
  });

  it('lets no offline device hold a slot', () => {
    const fleet = fleetOf({ stages: [6], maxParallel: 1 }, (position) =>
      position < 2 ? { online: false, onlineSince: null } : {},
    );
    fleet.tick();
    expect(fleet.members.filter(({ deployment }) => deployment).map(({ position }) => position)).toEqual([
      0, 1, 2,
    ]);
  });
});

describe('operators', () => {
  it('pause widens nothing, resume starts the watch anew', () => {
    const fleet = fleetOf({ stages: [1, 2] });
    fleet.tick();
    fleet.settle().tick();
    fleet.operate('pause');
    expect(fleet.rollout.status).toMatchObject({
      state: 'paused',
      pausedBy: 'operator',
      reason: 'paused by aki',
    });
    fleet.wait(600).tick();
    expect(fleet.touched).toBe(1);
    expect(fleet.operate('approve')).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
    fleet.operate('resume');
    fleet.wait(59).tick();
    expect(fleet.rollout.status.stage).toBe(0);
    fleet.wait(1).tick();
    expect(fleet.rollout.status.stage).toBe(1);
  });

  it('abort leaves devices that have switched as they are', () => {
    const fleet = fleetOf();
    fleet.tick();
    fleet.settle();
    fleet.operate('abort');
    expect(fleet.state).toBe('aborting');
    fleet.tick();
    expect(fleet.state).toBe('aborted');
    expect(fleet.notes.at(-1)?.text).toBe('0 devices withdrawn, 1 keep tile-inspector@2.0.0');
    expect(fleet.tick().commands).toEqual([]);
    expect(fleet.members.every(({ revert }) => revert === null)).toBe(true);
  });

  it('abort with rollback takes them back first and ends aborted', () => {
    const fleet = fleetOf();
    passOneStage(fleet);
    fleet.operate('abort-and-revert');
    expect(fleet.state).toBe('rolling-back');
    fleet.tick();
    expect(fleet.members.filter(({ revert }) => revert).length).toBe(3);
    fleet.settle().tick();
    expect(fleet.state).toBe('aborted');
    expect(fleet.rollout.status.reason).toBe('aborted by aki');
  });

  it.each(['pause', 'resume', 'approve', 'abort', 'abort-and-revert'] as const)(
    'cannot %s what has ended',
    (action) => {
      const fleet = fleetOf();
      fleet.operate('abort');
      fleet.tick();
      const before = fleet.rollout;
      expect(fleet.operate(action)).toMatchObject({
        ok: false,
        error: { code: 'wrong-state', detail: expect.stringMatching(/^a rollout that is aborted cannot be/) },
      });
      expect(fleet.rollout).toBe(before);
    },
  );
});

describe('starting', () => {
  it.each([[[]], [[0]], [[2, 2]], [[3, 1]], [[1.5]]])('refuses stages %j', (stages) => {
    expect(() => startRollout('r', spec({ stages }), START)).toThrow(RangeError);
  });
});
