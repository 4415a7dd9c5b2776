import { Injectable } from '@nestjs/common';
import {
  MAX_SEQUENCE,
  type DevicePolicy,
  type Manifest,
  type ModelReport,
  type ThresholdOverride,
} from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../messaging/outbox.js';
import { Clock } from '../platform/clock/clock.js';
import { must } from '../platform/errors.js';
import { continuationOf, type Continuation } from './continuation.js';
import { DeploymentStore } from './deployment.store.js';
import { DesiredEndings } from './desired-endings.js';
import { bySequence, DesiredSigner, NOTHING, orderedContent, type SignedTarget } from './desired-signer.js';
import { DesiredStore, type LockedDesired } from './desired.store.js';

/** One variant of one version. */
export interface AssignedVariant {
  readonly versionId: string;
  readonly variant: string;
}

/** What devices are to run of one model. */
export interface Assignment {
  readonly fleet: string;
  readonly model: string;
  /** By device; versions of the model. */
  readonly targets: ReadonlyMap<string, AssignedVariant>;
  readonly policy: DevicePolicy;
  readonly rolloutId: string | null;
  /** `former`: the one that the version last had on that device before the rollout, in the place of the policy's. */
  readonly threshold?: 'former';
}

/**
 * Decides what a device is told to run, signs it, and lets the outbox announce it, all in the caller's transaction. Every
 * signature takes a new sequence above all that were signed or credibly reported before of the same model.
 */
@Injectable()
export class DesiredStateService {
  constructor(
    private readonly store: DesiredStore,
    private readonly deployments: DeploymentStore,
    private readonly endings: DesiredEndings,
    private readonly signer: DesiredSigner,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a deployment of the model on each device and ends the open one there. Answers the deployments' ids by device. All
   * devices in one call, whatever they are to run: rows are locked in one order only within it.
   */
  async assign(manager: EntityManager, assignment: Assignment): Promise<Map<string, string>> {
    const { fleet, model, targets, rolloutId } = assignment;
    const signable = this.signer.signable(manager);
    const all = await this.store.lock(manager, fleet, model, [...targets.keys()]);
    // A device may be retired while others wait for its row: nothing is signed for it.
    const locked = all.filter((row) => row.model === model && !row.retired);
    // The former release knows no other model beside this one: what was ordered of it is over.
    await this.endings.clearLocked(
      manager,
      all.filter((row) => row.model !== model && row.jws !== null),
    );
    await this.deployments.supersede(
      manager,
      all.filter((row) => row.model === model),
    );
    const policies = await this.policies(manager, assignment);
    const planned = new Map<string, Omit<SignedTarget, 'deploymentId'>>();
    for (const { device } of locked) {
      const { versionId, variant } = must(targets.get(device), `a target of ${device}`);
      const policy = policies(device);
      planned.set(device, { versionId, variant: await signable(versionId, variant), policy, order: null });
    }
    const plannedFor = (device: string) => must(planned.get(device), `a target of ${device}`);
    const ids = await this.deployments.insert(
      manager,
      locked.map(({ device, above }) => {
        const { versionId, variant, policy } = plannedFor(device);
        const { variant: name, sha256: bundle } = variant;
        return {
          ...{ fleet, device, model, rolloutId, versionId, variant: name, bundle },
          sequence: Math.min(above + 1, MAX_SEQUENCE),
          threshold: policy.threshold ?? null,
        };
      }),
    );
    const { signable: able, exhausted } = bySequence(locked);
    await this.giveUp(manager, exhausted, ids);
    await this.signer.sign(manager, able, ({ device }) => ({
      deploymentId: must(ids.get(device), `a deployment of ${device}`),
      ...plannedFor(device),
    }));
    return ids;
  }

  /** Another version for a model of a device whose row is locked, under its present policy, without a rollout. */
  async replaceTarget(
    manager: EntityManager,
    { fleet, device, model, policy }: LockedDesired,
    target: AssignedVariant,
  ): Promise<void> {
    await this.assign(manager, {
      ...{ fleet, model, targets: new Map([[device, target]]), rolloutId: null },
      ...{ policy: must(policy, 'a policy'), threshold: 'former' },
    });
  }

  /**
   * The same targets under new sequences, with or without the order not to switch to them; only where the device's desired
   * state is of this deployment.
   *
   * @param deployments by device
   */
  async setHeld(
    manager: EntityManager,
    fleet: string,
    model: string,
    deployments: ReadonlyMap<string, string>,
    held: boolean,
  ): Promise<void> {
    const locked = await this.store.lock(manager, fleet, model, [...deployments.keys()]);
    const own = locked.filter(
      (row) => row.model === model && !row.retired && row.deploymentId === deployments.get(row.device),
    );
    await this.signAnew(
      manager,
      own.map((row) => ({ ...row, order: held ? ('hold' as const) : null })),
    );
  }

  /** The same targets and orders under new sequences and a new expiry. Rows with neither stay as they are. */
  async signAnew(manager: EntityManager, locked: readonly LockedDesired[]): Promise<void> {
    const signable = this.signer.signable(manager);
    const targets = new Map<LockedDesired, SignedTarget>();
    const able = bySequence(locked).signable;
    for (const row of able) {
      const { deploymentId, versionId, variant, policy, order } = row;
      if (versionId === null || variant === null || policy === null) continue;
      const held = order === 'hold' ? order : null;
      const found = await signable(versionId, variant);
      targets.set(row, { deploymentId, versionId, variant: found, policy, order: held });
    }
    await this.signer.sign(
      manager,
      able.filter((row) => targets.has(row)),
      (row) => must(targets.get(row), `a target of ${row.device}`),
    );
    for (const order of ['withdraw', 'unassign'] as const) {
      const ended = able.filter((row) => row.order === order && row.jws !== null && !targets.has(row));
      await this.signer.signEnding(manager, ended, order, orderedContent);
    }
  }

  /**
   * The device proved that it holds a manifest of ours that we do not know: the database is older than the fleet.
   * Continues above it, with the decision of `continuationOf`. The same sequence counts where its payload is another: we
   * signed that number twice. Only what is released is adopted: a person decides on a version that was retired since, or
   * that this registry never released. Undefined where the device is not ahead after all.
   *
   * @param payload of the verified proof, in its only valid spelling
   */
  async continueAbove(
    manager: EntityManager,
    { fleet, device, model, sequence: proven, policy, ...manifest }: Manifest,
    payload: string,
    reported: Pick<ModelReport, 'deployment' | 'slots'>,
  ): Promise<Continuation | undefined> {
    const isKnown = await this.store.isKnown(manager, { device, model });
    const locked = await this.store.lock(manager, fleet, model, [device]);
    const found = locked.find((one) => one.model === model);
    // A row that is made now begins above the device's other models, which says nothing of this one.
    const row = found && !isKnown && found.versionId === null ? { ...found, sequence: 0 } : found;
    if (!row || row.sequence > proven) return undefined;
    if (row.sequence === proven) {
      const ours = await this.store.payload(manager, row);
      if (ours === null || ours === payload) return undefined;
    }
    const other = laterWish(locked, row, manifest.issuedAt);
    if (other) {
      await this.store.save(manager, [{ device, model, sequence: proven, ...NOTHING }]);
      await this.signAnew(manager, [{ ...other, above: Math.max(other.above, proven) }]);
      return { kind: 'keep' };
    }
    const next = continuationOf(row, { ...manifest, sequence: proven }, reported, this.clock.now());
    if (next.kind === 'keep') {
      await this.signAnew(manager, [{ ...row, sequence: proven, above: Math.max(row.above, proven) }]);
      return next;
    }
    await this.store.save(manager, [{ device, model, sequence: proven, ...NOTHING }]);
    const known = next.kind === 'adopt' && (await this.store.releasedVersion(manager, fleet, next.bundle));
    if (!known) {
      await this.endings.clear(manager, fleet, model, [device]);
      return { kind: 'clear' };
    }
    const targets = new Map([[device, known]]);
    await this.assign(manager, { fleet, model, targets, policy, rolloutId: null });
    return next;
  }

  private async policies(
    manager: EntityManager,
    { targets, policy, threshold, rolloutId }: Assignment,
  ): Promise<(device: string) => DevicePolicy> {
    if (threshold === undefined) return () => policy;
    const versions = [...targets].map(([device, { versionId }]) => ({ device, versionId }));
    const former = await this.deployments.thresholds(manager, versions, rolloutId);
    return (device) => withThreshold(policy, former.get(device));
  }

  /** One device without numbers must not stop the rollout for all others: it refuses, and names the remedy. */
  private async giveUp(
    manager: EntityManager,
    exhausted: readonly LockedDesired[],
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    if (exhausted.length === 0) return;
    await this.deployments.change(
      manager,
      exhausted.map(({ device }) => ({
        id: must(ids.get(device), `a deployment of ${device}`),
        state: 'refused',
        reason: {
          code: 'sequence-exhausted',
          detail: `no sequence is left for this device: enrol it anew (hamon enrol-token create --replace ${device})`,
        },
        ended: true,
      })),
    );
    await this.store.save(
      manager,
      exhausted.map(({ device, model, sequence }) => ({ device, model, sequence, ...NOTHING })),
    );
    await this.outbox.addDesired(manager, exhausted);
  }
}

/** What was decided later of another model, where the device's agent runs one only: to adopt this one would end it. */
const laterWish = (
  locked: readonly LockedDesired[],
  row: LockedDesired,
  issuedAt: string,
): LockedDesired | undefined =>
  locked.find(
    ({ single, model, versionId, decidedAt }) =>
      single &&
      model !== row.model &&
      versionId !== null &&
      (decidedAt?.getTime() ?? 0) >= Date.parse(issuedAt),
  );

function withThreshold(
  { threshold: _, ...policy }: DevicePolicy,
  threshold: ThresholdOverride | undefined,
): DevicePolicy {
  return threshold === undefined ? policy : { ...policy, threshold };
}
