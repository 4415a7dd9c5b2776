import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  parseStages,
  resolveStages,
  type OutputSpec,
  type StartRollout,
  type ThresholdOverride,
} from '@hamon/contracts';
import { emptyEvidence, relabellingText, startRollout, type Relabelling, type Rollout } from '@hamon/rollout';
import { taskNamed, type Task } from '@hamon/tasks';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError, must } from '../platform/errors.js';
import type { VersionWithVariants } from '../registry/version.store.js';
import { orderMembers } from './cohort.js';
import { CohortSelection, leftOutText } from './cohort-selection.js';
import type { SelectedDevice } from './cohort.store.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import { rolloutPolicy } from './rollout-policy.js';
import { planTargets, targetsText, type PlannedTargets } from './rollout-targets.js';
import { RolloutStore } from './rollout.store.js';
import { VariantChooser } from './variant-chooser.js';

/** As many as an event names. */
const MOST_LEFT_OUT = 100;

export type RolloutRequest = z.output<typeof StartRollout>;

/** Checks a requested rollout and stores it with its whole cohort; the worker does the rest. */
@Injectable()
export class RolloutStart {
  constructor(
    private readonly database: DataSource,
    private readonly rollouts: RolloutStore,
    private readonly members: RolloutMemberStore,
    private readonly events: RolloutEventStore,
    private readonly cohorts: CohortSelection,
    private readonly chooser: VariantChooser,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Answers the rollout's id. */
  async start(fleet: string, actor: string, wanted: RolloutRequest): Promise<string> {
    const id = await this.startOnce(fleet, actor, wanted);
    await this.members.countAnew();
    return id;
  }

  private startOnce(fleet: string, actor: string, wanted: RolloutRequest): Promise<string> {
    return this.database.transaction(async (manager) => {
      const found = await this.released(manager, fleet, wanted);
      const { version } = found;
      const task = taskNamed(version.bundle.task);
      const { model, watchSeconds, gate, approve } = wanted;
      const { devices: cohort, leftOut } = await this.cohorts.free(manager, fleet, wanted.where, model);
      const { targets, members } = await this.targets(manager, found, cohort, wanted);
      const relabellings = await this.cohorts.relabellings(manager, cohort, version.bundle);
      const id = randomUUID();
      const policy = rolloutPolicy(wanted.policy, watchSeconds, gate);
      refuseThreshold(task, version.bundle.output, policy.threshold);
      const rollout = startRollout(
        id,
        {
          model,
          task: version.bundle.task,
          version: wanted.version,
          targets,
          budgetP95Ms: version.bundle.budgets.p95Ms,
          stages: stagesOf(wanted.stages, cohort.length),
          watchSeconds,
          probationSeconds: policy.probation.seconds,
          gate,
          approve,
          maxParallel: wanted.maxParallel ?? null,
          ...(relabellings.length > 0 && { relabellings }),
        },
        this.clock.now(),
      );
      await this.rollouts.insert(manager, {
        rollout,
        fleet,
        versionId: version.id,
        where: wanted.where,
        policy,
        evidence: emptyEvidence(0),
      });
      const planned = cohort.map((one) => ({ ...one, ...must(members.get(one.device), one.device) }));
      await this.members.insert(manager, id, orderMembers(id, planned));
      await this.events.append(manager, id, [
        startedEvent(rollout, { actor, targets, relabellings, devices: cohort.length, leftOut }),
      ]);
      await this.audit.record(manager, {
        fleet,
        actor,
        action: 'rollout.start',
        subject: id,
        detail: { ...rollout.spec, where: wanted.where, devices: cohort.length, leftOut: leftOut.length },
      });
      return id;
    });
  }

  private async released(
    manager: EntityManager,
    fleet: string,
    wanted: RolloutRequest,
  ): Promise<VersionWithVariants> {
    const found = await this.chooser.version(manager, fleet, wanted);
    if (found.version.state === 'released') return found;
    throw new ControlPlaneError(
      'version-state',
      `${wanted.model}@${wanted.version} is ${found.version.state}; only a released version can be rolled out.`,
    );
  }

  private async targets(
    manager: EntityManager,
    found: VersionWithVariants,
    cohort: readonly SelectedDevice[],
    { variant, constraints }: RolloutRequest,
  ): Promise<PlannedTargets> {
    if (variant !== undefined && constraints !== undefined) {
      const rule = 'apply to the choice of a variant: leave out either them or "variant"';
      const errors = [{ field: 'constraints', rule }];
      throw new ControlPlaneError('invalid-request', `constraints: ${rule}`, { errors });
    }
    return planTargets(found, await this.chooser.choose(manager, found, cohort, constraints), variant);
  }
}

function startedEvent(
  { spec }: Rollout,
  begun: {
    readonly actor: string;
    readonly targets: PlannedTargets['targets'];
    readonly relabellings: readonly Relabelling[];
    readonly devices: number;
    readonly leftOut: readonly SelectedDevice[];
  },
) {
  const { actor, targets, relabellings, devices, leftOut } = begun;
  const differ = relabellings.length > 0 ? `; ${relabellingText(relabellings)}` : '';
  const without = leftOut.length > 0 ? `; left out: ${leftOutText(leftOut)}` : '';
  const text = `${spec.model}@${spec.version} for ${devices} devices in stages of ${spec.stages.join(', ')}: ${targetsText(targets)}${differ}${without}`;
  const named = leftOut.slice(0, MOST_LEFT_OUT).map(({ device }) => device);
  return { kind: 'started', text, detail: { actor, ...(named.length > 0 && { leftOut: named }) } };
}

/** @throws ControlPlaneError `invalid-request` with the task's own sentence */
function refuseThreshold(task: Task, output: OutputSpec, threshold: ThresholdOverride | undefined): void {
  const taken = threshold === undefined ? undefined : task.withThreshold(output, threshold);
  if (!taken || taken.ok) return;
  const errors = [{ field: 'policy.threshold', rule: taken.error }];
  throw new ControlPlaneError('invalid-request', `policy.threshold: ${taken.error}`, { errors });
}

function stagesOf(text: string, devices: number): readonly number[] {
  const sizes = parseStages(text);
  const counts = sizes.ok ? resolveStages(sizes.value, devices) : sizes;
  if (counts.ok) return counts.value;
  const errors = [{ field: 'stages', rule: counts.error }];
  throw new ControlPlaneError('invalid-request', `stages: ${counts.error}`, { errors });
}
