import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseStages, resolveStages, type StartRollout } from '@hamon/contracts';
import { emptyEvidence, startRollout } from '@hamon/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import { DeviceStore, readSelector } from '../fleet/device.store.js';
import { ControlPlaneError, must } from '../platform/errors.js';
import type { VersionWithVariants } from '../registry/version.store.js';
import { orderMembers } from './cohort.js';
import { CohortStore, type Candidate } from './cohort.store.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import { rolloutPolicy } from './rollout-policy.js';
import { planTargets, targetsText, type PlannedTargets } from './rollout-targets.js';
import { RolloutStore } from './rollout.store.js';
import { VariantChooser } from './variant-chooser.js';

export type RolloutRequest = z.output<typeof StartRollout>;

/** Checks a wished rollout and stores it with its whole cohort; the worker does the rest. */
@Injectable()
export class RolloutStart {
  constructor(
    private readonly database: DataSource,
    private readonly rollouts: RolloutStore,
    private readonly members: RolloutMemberStore,
    private readonly events: RolloutEventStore,
    private readonly cohorts: CohortStore,
    private readonly chooser: VariantChooser,
    private readonly devices: DeviceStore,
    private readonly audit: AuditService,
  ) {}

  /** Answers the rollout's id. */
  start(fleet: string, actor: string, wanted: RolloutRequest): Promise<string> {
    return this.database.transaction(async (manager) => {
      const found = await this.#released(manager, fleet, wanted);
      const { version } = found;
      await this.cohorts.lockStarts(manager, fleet);
      const cohort = await this.#cohort(manager, fleet, wanted);
      const { targets, members } = await this.#targets(manager, found, cohort, wanted);
      const id = randomUUID();
      const { model, watchSeconds, gate, approve } = wanted;
      const rollout = startRollout(
        id,
        {
          model,
          version: wanted.version,
          targets,
          budgetP95Ms: version.bundle.budgets.p95Ms,
          stages: stagesOf(wanted.stages, cohort.length),
          watchSeconds,
          gate,
          approve,
          maxParallel: wanted.maxParallel ?? null,
        },
        new Date(),
      );
      const policy = rolloutPolicy(wanted.policy, watchSeconds, gate);
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
      const text = `${model}@${wanted.version} for ${cohort.length} devices in stages of ${rollout.spec.stages.join(', ')}: ${targetsText(targets)}`;
      await this.events.append(manager, id, [{ kind: 'started', text, detail: { actor } }]);
      await this.audit.record(manager, {
        fleet,
        actor,
        action: 'rollout.start',
        subject: id,
        detail: { ...rollout.spec, where: wanted.where, devices: cohort.length },
      });
      return id;
    });
  }

  async #released(
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

  async #targets(
    manager: EntityManager,
    found: VersionWithVariants,
    cohort: readonly Candidate[],
    { variant, constraints }: RolloutRequest,
  ): Promise<PlannedTargets> {
    if (variant !== undefined && constraints !== undefined) {
      const rule = 'are for the choice of a variant; leave "variant" out, or them';
      const errors = [{ field: 'constraints', rule }];
      throw new ControlPlaneError('invalid-request', `constraints: ${rule}`, { errors });
    }
    return planTargets(found, await this.chooser.choose(manager, found, cohort, constraints), variant);
  }

  async #cohort(
    manager: EntityManager,
    fleet: string,
    { where, model }: RolloutRequest,
  ): Promise<Candidate[]> {
    const selected = await this.devices.select(manager, fleet, readSelector(where));
    if (selected.length === 0) {
      const which = where.trim() === '' ? 'The fleet has no device yet.' : `No device matches "${where}".`;
      throw new ControlPlaneError('no-device-selected', which);
    }
    const busy = await this.cohorts.busy(manager, selected);
    if (busy) {
      const { device, target, rolloutId } = busy;
      throw new ControlPlaneError(
        'device-busy',
        `Device "${device}" takes part in rollout ${rolloutId} (${target}).`,
      );
    }
    const candidates = await this.cohorts.candidates(manager, selected);
    const other = candidates.find((candidate) => candidate.model !== null && candidate.model !== model);
    if (other) {
      throw new ControlPlaneError(
        'device-runs-other-model',
        `Device "${other.device}" runs model "${other.model ?? ''}"; a rollout of "${model}" would replace it. Narrow "where".`,
      );
    }
    return candidates;
  }
}

function stagesOf(text: string, devices: number): readonly number[] {
  const sizes = parseStages(text);
  const counts = sizes.ok ? resolveStages(sizes.value, devices) : sizes;
  if (counts.ok) return counts.value;
  const errors = [{ field: 'stages', rule: counts.error }];
  throw new ControlPlaneError('invalid-request', `stages: ${counts.error}`, { errors });
}
