import type { Judgement } from '@hamon/contracts';
import { emptyEvidence } from './evidence.js';
import { judgeVariants } from './judge-variants.js';
import type { ObservedMember, Observations } from './observations.js';
import {
  currentStage,
  deploymentClock,
  firstNewPosition,
  type Rollout,
  type StageStatus,
} from './rollout.js';
import { stageReach, type StageReach } from './stage-reach.js';
import { tallyUpdates, type UpdateTally } from './update-tally.js';

/** How the current stage's updates stand. */
export function tallyStage(rollout: Rollout, members: readonly ObservedMember[], now: Date): UpdateTally {
  const stage = {
    firstNew: firstNewPosition(rollout),
    devices: currentStage(rollout).devices,
    relabellings: rollout.spec.relabellings ?? [],
  };
  return tallyUpdates(members, stage, deploymentClock(rollout), now);
}

/** How many of the current stage's new devices have shown anything. */
export function reachOfStage(rollout: Rollout, members: readonly ObservedMember[], now: Date): StageReach {
  const stage = { firstNew: firstNewPosition(rollout), devices: currentStage(rollout).devices };
  return stageReach(members, stage, rollout.spec.gate.minReachedShare, deploymentClock(rollout), now);
}

/** The gate's answer for the current stage; evidence of another stage counts as none. */
export function judgeStage(rollout: Rollout, { members, evidence }: Observations, now: Date): Judgement {
  const { stage } = rollout.status;
  return judgeVariants({
    task: rollout.spec.task,
    members,
    firstNew: firstNewPosition(rollout),
    devices: currentStage(rollout).devices,
    evidence: evidence.stage === stage ? evidence : emptyEvidence(stage),
    policy: rollout.spec.gate,
    clock: deploymentClock(rollout),
    budgetP95Ms: rollout.spec.budgetP95Ms,
    relabellings: rollout.spec.relabellings ?? [],
    labelsApprovedBy: rollout.status.labelsApprovedBy ?? null,
    now,
  });
}

/** The rollout with its current stage changed. */
export function withStage(rollout: Rollout, change: Partial<StageStatus>): Rollout {
  const { stage, stages } = rollout.status;
  return {
    ...rollout,
    status: { ...rollout.status, stages: stages.map((s, i) => (i === stage ? { ...s, ...change } : s)) },
  };
}

/** The rollout with its status changed. */
export const withStatus = (rollout: Rollout, change: Partial<Rollout['status']>): Rollout => ({
  ...rollout,
  status: { ...rollout.status, ...change },
});
