import { z } from 'zod';
import { DeploymentState, Reason } from '../deployment.js';
import { GatePolicy } from '../gate-policy.js';
import { DevicePolicy } from '../manifest.js';
import { ThresholdOverride } from '../tasks/tasks.js';
import { DeviceId, ModelName, Timestamp, VariantName, VersionName } from '../names.js';
import { HistoryEvent } from './history-event.js';

/** Parts of the device policy that a rollout may set; the rest keeps its defaults. */
export const DevicePolicyPatch = z.strictObject({
  selfTest: DevicePolicy.shape.selfTest.partial().optional(),
  shadow: DevicePolicy.shape.shadow.partial().optional(),
  probation: DevicePolicy.shape.probation.partial().optional(),
  telemetry: DevicePolicy.shape.telemetry.partial().optional(),
  inference: DevicePolicy.shape.inference.partial().optional(),
  fallback: DevicePolicy.shape.fallback.partial().optional(),
  threshold: ThresholdOverride.exactOptional(),
});
export type DevicePolicyPatch = z.infer<typeof DevicePolicyPatch>;

/** What a variant must hold to be chosen for a hardware class, by what was measured there. */
export const VariantConstraints = z.strictObject({
  /** Accuracy given up against the original, as a share; 0.01 by default. */
  maxAccuracyDrop: z.number().min(0).max(1).exactOptional(),
  /** One thread, batch 1; the bundle's p95 budget by default. */
  maxP95Ms: z.number().gt(0).exactOptional(),
  /** Peak of an inference process; the bundle's memory budget by default. */
  maxRssMb: z.number().gt(0).exactOptional(),
  /** Of the ONNX file; without limit by default. */
  maxBytes: z.int().min(1).exactOptional(),
});
export type VariantConstraints = z.infer<typeof VariantConstraints>;

export const StartRollout = z.strictObject({
  model: ModelName,
  version: VersionName,
  /** For all devices; without it, each runs the one chosen for its hardware class. */
  variant: VariantName.optional(),
  /** For the choice; a given variant is not checked. */
  constraints: VariantConstraints.optional(),
  /** A selector expression; empty selects every device of the fleet. */
  where: z.string().max(1000).default(''),
  /** `1,10%,50%,100%` */
  stages: z.string().max(500).default('1,10%,50%,100%'),
  watchSeconds: z
    .number()
    .min(0)
    .max(30 * 86_400)
    .default(600),
  gate: GatePolicy.prefault({}),
  policy: DevicePolicyPatch.prefault({}),
  /** `manual`: a person approves each widening after its gate passed. */
  approve: z.enum(['auto', 'manual']).default('auto'),
  maxParallel: z.int().min(1).max(100_000).optional(),
});
export type StartRollout = z.input<typeof StartRollout>;

export const ROLLOUT_STATES = [
  'running',
  'paused',
  'awaiting-approval',
  'rolling-back',
  'aborting',
  'succeeded',
  'rolled-back',
  'aborted',
] as const;
export const RolloutState = z.enum(ROLLOUT_STATES);
export type RolloutState = z.infer<typeof RolloutState>;

export const Verdict = z.enum(['pass', 'fail', 'inconclusive', 'error']);
export type Verdict = z.infer<typeof Verdict>;

/** One check of a gate with the figures it used. */
export const GateCheck = z.object({
  name: z.enum(['update-failures', 'reached', 'error-rate', 'latency', 'agreement', 'collapse']),
  /** Where a stage runs several variants, each is judged alone. */
  variant: VariantName.exactOptional(),
  verdict: Verdict,
  /** `paired`: same frames on the same device; `control`: devices on the old version; `absolute`: limits alone. */
  evidence: z.enum(['paired', 'control', 'absolute']),
  detail: z.string(),
  figures: z.record(z.string(), z.number().nullable()),
});
export type GateCheck = z.infer<typeof GateCheck>;

export const Judgement = z.object({ verdict: Verdict, reason: z.string(), checks: z.array(GateCheck) });
export type Judgement = z.infer<typeof Judgement>;

export const StageView = z.object({
  /** Cumulative. */
  devices: z.int(),
  state: z.enum(['pending', 'deploying', 'watching', 'passed', 'failed']),
  startedAt: Timestamp.nullable(),
  /** Since when all reachable devices are settled and watched; a resume restarts it. */
  watchingSince: Timestamp.nullable(),
  /** The watch goes past its time: evidence is missing, or devices are still on probation. */
  prolonged: z.boolean(),
  /** When the watch ends, at the latest if it is prolonged; null while nothing is watched. */
  watchEndsAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  judgement: Judgement.nullable(),
});
export type StageView = z.infer<typeof StageView>;

/** The devices of a rollout that run one variant for one reason. */
export const RolloutTargetView = z.object({
  variant: VariantName,
  /** `given`: asked for; `measured`: the best of its classes; `unmeasured`: the original, as nothing was measured. */
  choice: z.enum(['given', 'measured', 'unmeasured']),
  hardwareClasses: z.array(z.string()),
  devices: z.int(),
});
export type RolloutTargetView = z.infer<typeof RolloutTargetView>;

/**
 * What a device does about a rollout. `pending`: nothing yet; `updating`: on its way to the version; `held`, `will-hold`
 * (offline): it gets ready and does not switch; `cannot-hold`: its agent does not understand that; `running`: the version
 * runs; `returning`, `will-return` (offline): it keeps, or goes back to, what it ran; `returned`: it runs that, or nothing
 * as before; `elsewhere`: it should, but runs something else; `failed`: it refused the version or gave it up; `replaced`:
 * something newer is wanted there; `retired`.
 */
export const MEMBER_STATUSES = [
  'pending',
  'updating',
  'held',
  'will-hold',
  'cannot-hold',
  'running',
  'returning',
  'will-return',
  'returned',
  'elsewhere',
  'failed',
  'replaced',
  'retired',
] as const;
export const MemberStatus = z.enum(MEMBER_STATUSES);
export type MemberStatus = z.infer<typeof MemberStatus>;

const someOf = <T extends z.ZodType>(item: T): z.ZodObject<{ count: z.ZodInt; first: z.ZodArray<T> }> =>
  z.object({ count: z.int(), first: z.array(item) });

/** How the rollout's version's labels differ from those of a version that devices ran: how many, and the first of them. */
export const LabelChangeView = z.object({
  version: VersionName,
  /** Devices that ran it when the rollout began. */
  devices: z.int(),
  added: someOf(z.string()),
  gone: someOf(z.string()),
  /** Labels of both, at other places of the output, from 0. */
  moved: someOf(z.object({ label: z.string(), from: z.int(), to: z.int() })),
});
export type LabelChangeView = z.infer<typeof LabelChangeView>;

export const RolloutView = z.object({
  id: z.uuid(),
  model: ModelName,
  version: VersionName,
  /** The variant that all devices shall run, null where they run different ones. */
  variant: VariantName.nullable(),
  targets: z.array(RolloutTargetView),
  where: z.string(),
  state: RolloutState,
  stages: z.array(StageView),
  stage: z.int(),
  /** Empty where all labels are the same. What two versions answer is not compared on devices where they differ. */
  labelChanges: z.array(LabelChangeView),
  /** Who approved the rollout without that comparison; null until somebody does. */
  labelsApprovedBy: z.string().nullable(),
  watchSeconds: z.number(),
  approve: z.enum(['auto', 'manual']),
  /** Why it paused, waits for approval, rolled back or was aborted; empty while all is well. */
  reason: z.string(),
  devices: z.int(),
  /** Devices for which a manifest of this version was published. */
  devicesTouched: z.int(),
  /** Members by deployment state; devices not reached yet are `pending`, or `retired` where they never will be. */
  progress: z.record(z.string(), z.int()),
  /** Devices that were reached, have not finished, and are offline: how many, and the first of them. */
  offline: z.object({ count: z.int(), devices: z.array(DeviceId) }),
  /** Members by what they do about the rollout; absent in lists. */
  memberStatuses: z.partialRecord(MemberStatus, z.int()).exactOptional(),
  createdAt: Timestamp,
  endedAt: Timestamp.nullable(),
});
export type RolloutView = z.infer<typeof RolloutView>;

/** Devices that match a rollout's selector but enrolled, or got their labels, after its cohort was fixed. */
export const LatecomersView = z.object({
  count: z.int(),
  /** The first of them, in the order in which they enrolled. */
  devices: z.array(DeviceId),
  /** A selector for a rollout that brings them in. */
  where: z.string(),
});
export type LatecomersView = z.infer<typeof LatecomersView>;

/** What a device that has not finished waits for; `detail` is a sentence without its subject. */
export const MemberWait = z.object({
  kind: z.enum(['connection', 'download', 'self-test', 'frames', 'comparison', 'probation', 'resume']),
  /** `has seen no frame for 4 min` */
  detail: z.string(),
});
export type MemberWait = z.infer<typeof MemberWait>;

export const RolloutMemberView = z.object({
  device: DeviceId,
  variant: VariantName,
  /** When the rollout began; `unknown` in old rollouts. */
  hardwareClass: z.string(),
  stage: z.int(),
  /** `pending`: not reached yet; `retired`: no longer a member, whatever became of its deployment. */
  state: z.union([DeploymentState, z.literal('pending'), z.literal('retired')]),
  online: z.boolean(),
  previousVersion: VersionName.nullable(),
  reason: Reason.nullable(),
  /** Null where nothing is waited for: not reached yet, or the deployment or the rollout has ended. */
  waitsFor: MemberWait.nullable(),
  status: MemberStatus,
});
export type RolloutMemberView = z.infer<typeof RolloutMemberView>;

export const AbortRollout = z.strictObject({ rollback: z.boolean().default(false) });
export type AbortRollout = z.infer<typeof AbortRollout>;

export const RolloutEventView = HistoryEvent;
export type RolloutEventView = HistoryEvent;
