import { Injectable } from '@nestjs/common';
import {
  isTerminal,
  MAX_SEQUENCE,
  type DevicePolicy,
  type Manifest,
  type ReportedState,
} from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../messaging/outbox.js';
import { Clock } from '../platform/clock/clock.js';
import { must } from '../platform/errors.js';
import { continuationOf, type Continuation } from './continuation.js';
import { DeploymentStore } from './deployment.store.js';
import {
  bySequence,
  contentOf,
  DesiredSigner,
  NOTHING,
  withdrawnContent,
  type SignedTarget,
} from './desired-signer.js';
import { DesiredStore, type LockedDesired, type SignableVariant } from './desired.store.js';

/** One variant of one version. */
export interface AssignedVariant {
  readonly versionId: string;
  readonly variant: string;
}

/** What devices are to run. */
export interface Assignment {
  readonly fleet: string;
  /** By device. */
  readonly targets: ReadonlyMap<string, AssignedVariant>;
  readonly policy: DevicePolicy;
  readonly rolloutId: string | null;
}

/**
 * Decides what a device is told to run, signs it, and lets the outbox announce it, all in the caller's transaction. Every
 * signature takes a new sequence above all that were signed or credibly reported before.
 */
@Injectable()
export class DesiredStateService {
  constructor(
    private readonly store: DesiredStore,
    private readonly deployments: DeploymentStore,
    private readonly signer: DesiredSigner,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a deployment on each device and ends the open one there. Answers the deployments' ids by device. All
   * devices in one call, whatever they are to run: rows are locked in one order only within it.
   */
  async assign(
    manager: EntityManager,
    { fleet, targets, policy, rolloutId }: Assignment,
  ): Promise<Map<string, string>> {
    const devices = [...targets.keys()];
    const signable = this.signer.signable(manager);
    // A device may be retired while others wait for its row: nothing is signed for it.
    const locked = (await this.store.lock(manager, fleet, devices)).filter(({ retired }) => !retired);
    await this.supersede(manager, devices);
    const planned = new Map<string, Omit<SignedTarget, 'deploymentId'>>();
    for (const { device } of locked) {
      const { versionId, variant } = must(targets.get(device), `a target of ${device}`);
      planned.set(device, { versionId, variant: await signable(versionId, variant), policy, order: null });
    }
    const plannedFor = (device: string) => must(planned.get(device), `a target of ${device}`);
    const ids = await this.deployments.insert(
      manager,
      locked.map(({ device, sequence }) => {
        const { versionId, variant } = plannedFor(device);
        const { variant: name, sha256: bundle } = variant;
        const own = Math.min(sequence + 1, MAX_SEQUENCE);
        return { fleet, device, rolloutId, versionId, variant: name, bundle, sequence: own };
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

  /** Another target for a device whose row is locked, under its present policy, without a rollout. */
  async replaceTarget(
    manager: EntityManager,
    { fleet, device, policy }: LockedDesired,
    target: AssignedVariant,
  ): Promise<void> {
    const targets = new Map([[device, target]]);
    await this.assign(manager, { fleet, targets, policy: must(policy, 'a policy'), rolloutId: null });
  }

  /** Ends what is desired; the devices keep what they have. */
  async clear(manager: EntityManager, fleet: string, devices: readonly string[]): Promise<void> {
    const locked = await this.store.lock(manager, fleet, devices);
    await this.supersede(manager, devices);
    await this.store.save(
      manager,
      locked.map(({ device, sequence }) => ({ device, sequence, ...NOTHING })),
    );
    await this.outbox.addDesired(manager, devices);
  }

  /** The device keeps this model only until another one takes its place. */
  async markUnassigned(manager: EntityManager, fleet: string, device: string, model: string): Promise<void> {
    await this.store.lock(manager, fleet, [device]);
    await this.store.markUnassigned(manager, device, model);
  }

  /**
   * Ends all messages to the devices: retained ones are cleared, and open deployments end.
   * What was desired is remembered, for new hardware under the same id.
   */
  async withdraw(manager: EntityManager, fleet: string, devices: readonly string[]): Promise<void> {
    await this.store.lock(manager, fleet, devices);
    await this.supersede(manager, devices);
    await this.outbox.addDesired(manager, devices);
  }

  /**
   * As `clear`, but by a signed order where the devices understand one: an offline device finds it when it comes back, and
   * drops what it has not activated. An empty message would leave nothing to find.
   */
  async callOff(manager: EntityManager, fleet: string, devices: readonly string[]): Promise<void> {
    const locked = await this.store.lock(manager, fleet, devices);
    const signable = this.signer.signable(manager);
    const wished = new Map<string, { readonly variant: SignableVariant; readonly policy: DevicePolicy }>();
    for (const { device, versionId, variant, policy, knowsWithdrawal, retired, sequence } of locked) {
      if (versionId === null || variant === null || policy === null) continue;
      if (!knowsWithdrawal || retired || sequence >= MAX_SEQUENCE) continue;
      wished.set(device, { variant: await signable(versionId, variant), policy });
    }
    await this.supersede(manager, [...wished.keys()]);
    await this.signer.signWithdrawals(
      manager,
      locked.filter(({ device }) => wished.has(device)),
      ({ device }) => {
        const { variant, policy } = must(wished.get(device), `a wish of ${device}`);
        return contentOf(variant, policy);
      },
    );
    const rest = devices.filter((device) => !wished.has(device));
    if (rest.length > 0) await this.clear(manager, fleet, rest);
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
    deployments: ReadonlyMap<string, string>,
    held: boolean,
  ): Promise<void> {
    const locked = await this.store.lock(manager, fleet, [...deployments.keys()]);
    const own = locked.filter(
      ({ device, deploymentId, retired }) => !retired && deploymentId === deployments.get(device),
    );
    await this.signAnew(
      manager,
      own.map((row) => ({ ...row, order: held ? ('hold' as const) : null })),
    );
  }

  /** The same targets and orders under new sequences and a new expiry. Rows with neither stay as they are. */
  async signAnew(manager: EntityManager, locked: readonly LockedDesired[]): Promise<void> {
    const signable = this.signer.signable(manager);
    const targets = new Map<string, SignedTarget>();
    for (const { device, deploymentId, versionId, variant, policy, order } of locked) {
      if (versionId === null || variant === null || policy === null) continue;
      const held = order === 'hold' ? order : null;
      const found = await signable(versionId, variant);
      targets.set(device, { deploymentId, versionId, variant: found, policy, order: held });
    }
    const able = bySequence(locked).signable;
    await this.signer.sign(
      manager,
      able.filter(({ device }) => targets.has(device)),
      ({ device }) => must(targets.get(device), `a target of ${device}`),
    );
    const withdrawn = able.filter(({ device, withdrawal }) => withdrawal !== null && !targets.has(device));
    await this.signer.signWithdrawals(manager, withdrawn, withdrawnContent);
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
    { fleet, device, sequence: proven, policy, ...manifest }: Manifest,
    payload: string,
    reported: Pick<ReportedState, 'deployment' | 'slots'>,
  ): Promise<Continuation | undefined> {
    const [row] = await this.store.lock(manager, fleet, [device]);
    if (!row || row.sequence > proven) return undefined;
    if (row.sequence === proven) {
      const ours = await this.store.payload(manager, device);
      if (ours === null || ours === payload) return undefined;
    }
    const next = continuationOf(row, { ...manifest, sequence: proven }, reported, this.clock.now());
    if (next.kind === 'keep') {
      await this.signAnew(manager, [{ ...row, sequence: proven }]);
      return next;
    }
    await this.store.save(manager, [{ device, sequence: proven, ...NOTHING }]);
    const known = next.kind === 'adopt' && (await this.store.releasedVersion(manager, fleet, next.bundle));
    if (!known) {
      await this.clear(manager, fleet, [device]);
      return { kind: 'clear' };
    }
    const targets = new Map([[device, known]]);
    await this.assign(manager, { fleet, targets, policy, rolloutId: null });
    return next;
  }

  /** One device without numbers must not stop the rollout for all others: it refuses, and names the remedy. */
  private async giveUp(
    manager: EntityManager,
    exhausted: readonly LockedDesired[],
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    if (exhausted.length === 0) return;
    const devices = exhausted.map(({ device }) => device);
    await this.deployments.change(
      manager,
      devices.map((device) => ({
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
      exhausted.map(({ device, sequence }) => ({ device, sequence, ...NOTHING })),
    );
    await this.outbox.addDesired(manager, devices);
  }

  private async supersede(manager: EntityManager, devices: readonly string[]): Promise<void> {
    const open = await this.deployments.lockFollowed(manager, devices);
    await this.deployments.change(
      manager,
      open
        .filter(({ state }) => !isTerminal(state))
        .map(({ id }) => ({ id, state: 'superseded', reason: null, ended: true })),
    );
  }
}
