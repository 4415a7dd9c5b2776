import { describe, expect, it } from 'vitest';
import type { ObservedMember } from '../src/index.js';
import { currentStage, type RolloutSpec } from '../src/index.js';
import { goodEvidence, policy, rolloutOf } from './fixtures.js';
import { SimulatedFleet } from './simulated-fleet.js';

const AWAY = { online: false, onlineSince: null };
const OTHER_CLASS = 'x64-2c-8g-ort1.30-avx2';
const GATE = policy({ deploymentTimeoutSeconds: 600 });

/** Decides until nothing is due at once: a decision assigns a batch. */
function run(fleet: SimulatedFleet): void {
  while (fleet.tick().wakeAt?.getTime() === fleet.now.getTime());
}

/** A fleet that is in its second stage. */
function inStage(
  change: Partial<RolloutSpec>,
  member: (position: number) => Partial<ObservedMember> = () => ({}),
): SimulatedFleet {
  const fleet = new SimulatedFleet(rolloutOf({ gate: GATE, ...change }), member);
  fleet.evidence = (stage) => goodEvidence(stage);
  for (const _ of [0, 1]) {
    run(fleet);
    fleet.settle();
    run(fleet);
    fleet.wait(61);
    run(fleet);
  }
  return fleet;
}

describe('a stage of which hardly anybody is there', () => {
  const online = (position: number): boolean => position < 2;
  const alone = () => inStage({ stages: [1, 2001, 4000] }, (position) => (online(position) ? {} : AWAY));

  it('does not pass on the word of the one device that is online', () => {
    const fleet = alone();
    expect(fleet.rollout.status).toMatchObject({ state: 'running', stage: 1 });
    expect(fleet.touched).toBe(2001);
    expect(currentStage(fleet.rollout).judgement).toMatchObject({
      verdict: 'inconclusive',
      reason: 'reached: 1 of 2000 devices reached, 1000 needed',
    });
  });

  it('pauses for a person once patience ends, and says how many were there', () => {
    const fleet = alone();
    // Longer than a watch without evidence is prolonged: nothing that could be judged is amiss.
    fleet.wait(1600);
    run(fleet);
    expect(fleet.state).toBe('running');
    fleet.wait(200);
    run(fleet);
    expect(fleet.rollout.status).toMatchObject({
      state: 'paused',
      pausedBy: 'gate',
      reason: 'stage 2: 1 of 2000 devices reached, 1000 needed, for 30 min',
    });
  });

  it('passes as soon as enough have come and done well', () => {
    const fleet = alone();
    for (let n = 2; n <= 1000; n += 1) fleet.setOnline(`camera-${n}`, true);
    fleet.settle();
    run(fleet);
    fleet.wait(61);
    run(fleet);
    expect(fleet.rollout.status.stage).toBe(2);
    expect(fleet.rollout.status.stages[1]?.judgement?.reason).toMatch(
      /; 1000 of 2000 new devices judged, 1000 offline$/,
    );
  });

  it('passes where a person answers for it', () => {
    const fleet = alone();
    fleet.wait(1800);
    run(fleet);
    expect(fleet.operate('approve').ok).toBe(true);
    expect(fleet.rollout.status.stage).toBe(2);
  });
});

describe('what a stage needs', () => {
  it('is a device of each hardware class', () => {
    const fleet = inStage({ stages: [1, 5, 6] }, (position) =>
      position === 4 ? { ...AWAY, hardwareClass: OTHER_CLASS } : {},
    );
    expect(currentStage(fleet.rollout).judgement).toMatchObject({
      verdict: 'inconclusive',
      reason: `reached: no device of ${OTHER_CLASS} reached`,
    });
    fleet.setOnline('camera-4', true);
    fleet.settle();
    run(fleet);
    fleet.wait(61);
    run(fleet);
    expect(fleet.rollout.status.stage).toBe(2);
  });

  it('is as much as its gate asks for', () => {
    const fleet = inStage({ stages: [1, 11, 12], gate: { ...GATE, minReachedShare: 0.1 } }, (position) =>
      position < 2 ? {} : AWAY,
    );
    expect(fleet.rollout.status.stage).toBe(2);
  });

  it('counts devices that refused among those that were there', () => {
    const fleet = inStage({ stages: [1, 11, 12], gate: { ...GATE, maxUpdateFailureRate: 0.5 } });
    expect(fleet.rollout.status.stage).toBe(2);
    const again = new SimulatedFleet(
      rolloutOf({ stages: [10, 11], gate: { ...GATE, maxUpdateFailureRate: 0.5 } }),
      (position) => (position < 6 ? {} : AWAY),
    );
    again.evidence = (stage) => goodEvidence(stage);
    run(again);
    again.settle('committed', (position) => position === 0);
    run(again);
    again.wait(61);
    run(again);
    expect(again.rollout.status.stages[0]?.judgement?.reason).toMatch(
      /; 6 of 10 new devices judged, 4 offline, 1 refused$/,
    );
  });
});
