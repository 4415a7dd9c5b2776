import type { GatePolicy, Judgement, TaskName } from '@hamon/contracts';
import { rejectedText } from './arrivals.js';
import { reached } from './checks/reached.js';
import type { DeploymentClock } from './deployment-clock.js';
import { pooledEvidence, type StageEvidence } from './evidence.js';
import { counted } from './format.js';
import { judge } from './judge.js';
import type { Relabelling } from './label-change.js';
import type { ObservedMember } from './observations.js';
import { worstVerdict } from './severity.js';
import { stageReach } from './stage-reach.js';
import { tallyUpdates, type UpdateCounts } from './update-tally.js';

/** A stage as its gate looks at it. */
export interface StageInput {
  /** The model's. */
  readonly task: TaskName;
  readonly members: readonly ObservedMember[];
  /** Members from `firstNew` up to `devices` are new in the stage, the others came with earlier ones. */
  readonly firstNew: number;
  readonly devices: number;
  readonly evidence: StageEvidence;
  readonly policy: GatePolicy;
  readonly clock: DeploymentClock;
  readonly budgetP95Ms: number;
  readonly relabellings: readonly Relabelling[];
  readonly labelsApprovedBy: string | null;
  readonly now: Date;
}

interface JudgedVariant {
  readonly variant: string;
  readonly fresh: UpdateCounts;
  readonly judgement: Judgement;
}

/**
 * Judges each variant that runs in a stage by its own devices and its own frames, so that a bad one cannot hide behind
 * many devices with a good one; the worst verdict decides. A variant of which no new device can be reached stops nobody:
 * it is not waited for, as a single device out of reach is not, but it still fails the stage where its devices of earlier
 * stages show that it must.
 */
export function judgeVariants(stage: StageInput): Judgement {
  const judgement = withReach(judgeEach(stage), stage);
  const { leftOut = [], groups } = stage.evidence;
  const rejected = rejectedText(groups);
  const names = leftOut.map(({ device, why }) => `${device} (${why})`).join(', ');
  const beside = [
    ...(rejected === undefined ? [] : [rejected]),
    ...(leftOut.length === 0 ? [] : [`left out, as it cannot be true: windows of ${names}`]),
  ];
  return beside.length === 0 ? judgement : { ...judgement, reason: [judgement.reason, ...beside].join('; ') };
}

/** No stage passes of which too few devices were reached; what they showed stays the reason where it is worse. */
function withReach(judged: Judgement, stage: StageInput): Judgement {
  const { members, policy, clock, now } = stage;
  const check = reached.judge(stageReach(members, stage, policy.minReachedShare, clock, now));
  const checks = [check, ...judged.checks];
  if (judged.verdict === 'pass') {
    if (check.verdict === 'pass') return { ...judged, reason: `${judged.reason}; ${check.detail}`, checks };
    return { verdict: check.verdict, reason: `${check.name}: ${check.detail}`, checks };
  }
  const isShort = judged.verdict === 'inconclusive' && check.verdict !== 'pass';
  return { ...judged, reason: isShort ? `${judged.reason}; ${check.detail}` : judged.reason, checks };
}

function judgeEach(stage: StageInput): Judgement {
  const inStage = stage.members.filter(({ position }) => position < stage.devices);
  const variants = [...new Set(inStage.map(({ variant }) => variant))].sort();
  const judged = variants.map((variant) => judgeVariant(stage, variant));
  const [only] = judged;
  if (only === undefined) return judgeVariant(stage, '').judgement;
  if (judged.length === 1) return only.judgement;

  const isSilent = ({ fresh, judgement: { verdict } }: JudgedVariant): boolean =>
    fresh.succeeded + fresh.failed + fresh.waiting + fresh.unproven === 0 &&
    verdict !== 'fail' &&
    verdict !== 'error';
  const heard = judged.filter((one) => !isSilent(one));
  const counting = heard.length > 0 ? heard : judged;
  const verdict = worstVerdict(counting.map(({ judgement }) => judgement.verdict));
  const decisive = counting.filter(({ judgement }) => judgement.verdict === verdict);
  // One reason is enough to stop; to go on, every variant has to have one.
  const reasons = (verdict === 'pass' ? decisive : decisive.slice(0, 1)).map(
    ({ variant, judgement }) => `${variant}: ${judgement.reason}`,
  );
  const unjudged = judged
    .filter((one) => !counting.includes(one) && one.fresh.devices > 0)
    .map(({ variant, fresh }) => `${variant} unjudged, ${counted(fresh.devices, 'new device')} out of reach`);
  return {
    verdict,
    reason: [...reasons, ...unjudged].join('; '),
    checks: counting.flatMap(({ variant, judgement }) =>
      judgement.checks.map((check) => ({ ...check, variant })),
    ),
  };
}

function judgeVariant(stage: StageInput, variant: string): JudgedVariant {
  const members = stage.members.filter((member) => member.variant === variant);
  const updates = tallyUpdates(members, stage, stage.clock, stage.now);
  const classes = stage.evidence.groups.filter((group) => group.variant === variant);
  const { task, policy, budgetP95Ms, labelsApprovedBy } = stage;
  const evidence = pooledEvidence(classes);
  const judgement = judge({ task, updates, evidence, classes, policy, budgetP95Ms, labelsApprovedBy });
  return { variant, fresh: updates.fresh, judgement };
}
