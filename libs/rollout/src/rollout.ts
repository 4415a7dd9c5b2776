import type { GatePolicy, Judgement, RolloutState, TaskName } from '@hamon/contracts';
import type { DeploymentClock } from './deployment-clock.js';
import type { Relabelling } from './label-change.js';

/** One variant of the version with the devices that shall run it. */
export interface RolloutTarget {
  readonly variant: string;
  /** Digest of the variant's bundle. */
  readonly bundle: string;
  /**
   * Why this variant: it was asked for, chosen by measurements of its hardware classes, or it is the original, the only
   * one that may run where nothing was measured.
   */
  readonly choice: 'given' | 'measured' | 'unmeasured';
  readonly hardwareClasses: readonly string[];
  readonly devices: number;
}

/** What was asked for; never changes after the start. */
export interface RolloutSpec {
  readonly model: string;
  /** Of all versions of the model. */
  readonly task: TaskName;
  readonly version: string;
  /** Each member belongs to one of them. A variant may occur once per reason. */
  readonly targets: readonly RolloutTarget[];
  /** The bundle's own p95 budget in milliseconds. */
  readonly budgetP95Ms: number;
  /** Cumulative device counts, strictly growing; the last one is the whole cohort. */
  readonly stages: readonly number[];
  readonly watchSeconds: number;
  /** How long a device may go back by itself after its activation; absent in rollouts stored by earlier versions. */
  readonly probationSeconds?: number;
  readonly gate: GatePolicy;
  readonly approve: 'auto' | 'manual';
  /** Most deployments in flight on online devices; null for no limit. */
  readonly maxParallel: number | null;
  /** Versions that members ran and whose labels are others; absent in rollouts stored by earlier versions. */
  readonly relabellings?: readonly Relabelling[];
}

/** Where one stage is. Times are ISO 8601 UTC. */
export interface StageStatus {
  /** Cumulative. */
  readonly devices: number;
  readonly state: 'pending' | 'deploying' | 'watching' | 'passed' | 'failed';
  readonly startedAt: string | null;
  /** Since when all reachable devices of the stage have been settled; a resume begins it anew. */
  readonly watchingSince: string | null;
  /** Since when too few of the devices that are new in the stage can be reached; a resume begins it anew. */
  readonly unreachableSince?: string | null;
  readonly endedAt: string | null;
  /** The watch went past its time for want of evidence, or because devices had not committed yet. */
  readonly prolonged: boolean;
  readonly judgement: Judgement | null;
}

/** Everything that changes; only `decide` and the operator's actions make a new one. */
export interface RolloutStatus {
  readonly state: RolloutState;
  /** Index of the current stage. */
  readonly stage: number;
  readonly stages: readonly StageStatus[];
  /** Why it paused, went back or was aborted; empty while all is well. */
  readonly reason: string;
  /** Who paused it, null when it is not paused. */
  readonly pausedBy: 'operator' | 'gate' | null;
  /** A note has told how many devices a pause keeps from switching. */
  readonly heldTold?: boolean;
  /** When the last pause ended; absent before it. Deadlines of deployments count from then. */
  readonly resumedAt?: string | null;
  /** Who let it go on although labels differ and answers cannot be compared; absent before. */
  readonly labelsApprovedBy?: string | null;
  /** The way back, once it began, and what it ends in. */
  readonly rollback: {
    readonly since: string;
    readonly outcome: 'rolled-back' | 'aborted';
    /** A note has told how many are sent back; they are asked in batches. */
    readonly announced?: boolean;
  } | null;
  /** Since when those that have not switched are told not to, after an abort; absent before it. */
  readonly withdrawal?: { readonly since: string; readonly announced?: boolean } | null;
  readonly endedAt: string | null;
}

/** A staged change of a cohort to a version. Survives `JSON.parse(JSON.stringify(…))` unchanged. */
export interface Rollout {
  readonly id: string;
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus;
}

/** States that nothing leaves. */
export const ENDED_STATES = [
  'succeeded',
  'rolled-back',
  'aborted',
] as const satisfies readonly RolloutState[];

export const hasEnded = (state: RolloutState): boolean =>
  (ENDED_STATES as readonly RolloutState[]).includes(state);

/**
 * A rollout at its first stage, before anything was assigned. Throws a `RangeError` where it has no target, or where the
 * stages are empty, not strictly growing or below one device: callers resolve them with `resolveStages` of the contracts.
 */
export function startRollout(id: string, spec: RolloutSpec, now: Date): Rollout {
  if (spec.targets.length === 0) throw new RangeError('a rollout needs at least one target');
  if (spec.stages.length === 0) throw new RangeError('a rollout needs at least one stage');
  for (const [i, devices] of spec.stages.entries()) {
    if (!Number.isInteger(devices) || devices <= (spec.stages[i - 1] ?? 0)) {
      throw new RangeError(`stages must be strictly growing device counts, stage ${i + 1} is ${devices}`);
    }
  }
  return {
    id,
    spec,
    status: {
      state: 'running',
      stage: 0,
      stages: spec.stages.map((devices, i) => ({
        devices,
        state: i === 0 ? 'deploying' : 'pending',
        startedAt: i === 0 ? now.toISOString() : null,
        watchingSince: null,
        unreachableSince: null,
        endedAt: null,
        prolonged: false,
        judgement: null,
      })),
      reason: '',
      pausedBy: null,
      rollback: null,
      endedAt: null,
    },
  };
}

/** The stage that the rollout is at. */
export function currentStage(rollout: Rollout): StageStatus {
  const stage = rollout.status.stages[rollout.status.stage];
  if (!stage) throw new RangeError(`rollout ${rollout.id} has no stage ${rollout.status.stage}`);
  return stage;
}

/** Members at positions from here up to the current stage's count are new in the current stage. */
export const firstNewPosition = (rollout: Rollout): number =>
  rollout.status.stages[rollout.status.stage - 1]?.devices ?? 0;

/** By what the deadlines of its deployments are counted. */
export const deploymentClock = ({ spec, status }: Rollout): DeploymentClock => ({
  deploymentTimeoutSeconds: spec.gate.deploymentTimeoutSeconds,
  isStopped: status.state === 'paused',
  resumedAt: status.resumedAt ?? null,
});
