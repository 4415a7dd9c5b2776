import { Injectable } from '@nestjs/common';
import { isTerminal, type DevicePolicy, type Manifest, type ReportedState } from '@hamon/contracts';
import { signManifest } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../messaging/outbox.js';
import { Config } from '../platform/config/config.js';
import { must } from '../platform/errors.js';
import { continuationOf, type Continuation } from './continuation.js';
import { DeploymentStore } from './deployment.store.js';
import {
  DesiredStore,
  type LockedDesired,
  type SignableVariant,
  type SignedDesired,
} from './desired.store.js';
import { revertPolicy } from './device-policies.js';
import { ManifestKey } from './manifest-key.js';

/** One variant of one version. */
export interface AssignedVariant {
  readonly versionId: string;
  readonly variant: string;
}

/** What devices shall run. */
export interface Assignment {
  readonly fleet: string;
  /** By device. */
  readonly targets: ReadonlyMap<string, AssignedVariant>;
  readonly policy: DevicePolicy;
  readonly rolloutId: string | null;
}

interface Target {
  readonly deploymentId: string | null;
  readonly versionId: string;
  readonly variant: SignableVariant;
  readonly policy: DevicePolicy;
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
    private readonly key: ManifestKey,
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  /**
   * Begins a deployment on each device and ends what was under way there. Answers the deployments' ids by device. All
   * devices in one call, whatever they shall run: rows are locked in one order only within it.
   */
  async assign(
    manager: EntityManager,
    { fleet, targets, policy, rolloutId }: Assignment,
  ): Promise<Map<string, string>> {
    const devices = [...targets.keys()];
    const signable = this.#signable(manager);
    const locked = await this.store.lock(manager, fleet, devices);
    await this.#supersede(manager, devices);
    const planned = new Map<string, Omit<Target, 'deploymentId'>>();
    for (const { device } of locked) {
      const { versionId, variant } = must(targets.get(device), `a target of ${device}`);
      planned.set(device, { versionId, variant: await signable(versionId, variant), policy });
    }
    const plannedFor = (device: string) => must(planned.get(device), `a target of ${device}`);
    const ids = await this.deployments.insert(
      manager,
      locked.map(({ device, sequence }) => {
        const { versionId, variant } = plannedFor(device);
        const { variant: name, sha256: bundle } = variant;
        return { fleet, device, rolloutId, versionId, variant: name, bundle, sequence: sequence + 1 };
      }),
    );
    await this.#sign(manager, locked, ({ device }) => ({
      deploymentId: must(ids.get(device), `a deployment of ${device}`),
      ...plannedFor(device),
    }));
    return ids;
  }

  /** Nothing is desired any more: the devices keep what they have. */
  async clear(manager: EntityManager, fleet: string, devices: readonly string[]): Promise<void> {
    const locked = await this.store.lock(manager, fleet, devices);
    await this.#supersede(manager, devices);
    await this.store.save(
      manager,
      locked.map(({ device, sequence }) => ({ device, sequence, ...NOTHING })),
    );
    await this.outbox.addDesired(manager, devices);
  }

  /** The same targets under new sequences and a new expiry. Rows without a target stay as they are. */
  async signAnew(manager: EntityManager, locked: readonly LockedDesired[]): Promise<void> {
    const signable = this.#signable(manager);
    const targets = new Map<string, Target>();
    for (const { device, deploymentId, versionId, variant, policy } of locked) {
      if (versionId === null || variant === null || policy === null) continue;
      targets.set(device, { deploymentId, versionId, variant: await signable(versionId, variant), policy });
    }
    const withTarget = locked.filter(({ device }) => targets.has(device));
    await this.#sign(manager, withTarget, ({ device }) => must(targets.get(device), `a target of ${device}`));
  }

  /**
   * The device proved that it holds a manifest of ours that we do not know of: the database is older than the fleet.
   * Continues above it, with what `continuationOf` says. At our own sequence it counts where its signature is another: we
   * signed that number twice. Undefined where the device is not ahead after all.
   */
  async continueAbove(
    manager: EntityManager,
    { fleet, device, sequence: proven, policy, ...manifest }: Manifest,
    signature: string | undefined,
    reported: Pick<ReportedState, 'deployment' | 'slots'>,
  ): Promise<Continuation | undefined> {
    const [row] = await this.store.lock(manager, fleet, [device]);
    if (!row || row.sequence > proven) return undefined;
    if (row.sequence === proven && (row.signature === null || row.signature === signature)) return undefined;
    const next = continuationOf(row, { ...manifest, sequence: proven }, reported);
    if (next.kind === 'keep') {
      await this.signAnew(manager, [{ ...row, sequence: proven }]);
      return next;
    }
    await this.store.save(manager, [{ device, sequence: proven, ...NOTHING }]);
    const known = next.kind === 'adopt' && (await this.store.versionOf(manager, fleet, next.bundle));
    if (!known) {
      await this.clear(manager, fleet, [device]);
      return { kind: 'clear' };
    }
    await this.assign(manager, {
      fleet,
      targets: new Map([[device, known]]),
      policy: next.isBack ? revertPolicy(policy) : policy,
      rolloutId: null,
    });
    return next;
  }

  async #sign(
    manager: EntityManager,
    locked: readonly LockedDesired[],
    targetOf: (row: LockedDesired) => Target,
  ): Promise<void> {
    if (locked.length === 0) return;
    const issuedAt = new Date();
    const expiresAt = new Date(issuedAt.getTime() + this.config.manifestTtlSeconds * 1000);
    const signed: SignedDesired[] = [];
    for (const row of locked) {
      const { deploymentId, versionId, variant, policy } = targetOf(row);
      const manifest: Manifest = {
        schema: 'hamon.manifest/1',
        fleet: row.fleet,
        device: row.device,
        sequence: row.sequence + 1,
        issuedAt: issuedAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        model: variant.model,
        version: variant.version,
        variant: variant.variant,
        bundle: { sha256: variant.sha256, length: variant.length, chunks: [...variant.chunks] },
        policy,
      };
      signed.push({
        device: row.device,
        sequence: manifest.sequence,
        deploymentId,
        versionId,
        variant: variant.variant,
        bundle: variant.sha256,
        policy,
        jws: await signManifest(manifest, this.key.signing),
        issuedAt: manifest.issuedAt,
        expiresAt: manifest.expiresAt,
      });
    }
    await this.store.save(manager, signed);
    await this.outbox.addDesired(
      manager,
      signed.map(({ device }) => device),
    );
  }

  /** Looks each variant up once. */
  #signable(manager: EntityManager): (versionId: string, variant: string) => Promise<SignableVariant> {
    const known = new Map<string, SignableVariant>();
    return async (versionId, variant) => {
      const name = `variant ${variant} of version ${versionId}`;
      const found = known.get(name) ?? must(await this.store.variant(manager, versionId, variant), name);
      known.set(name, found);
      return found;
    };
  }

  async #supersede(manager: EntityManager, devices: readonly string[]): Promise<void> {
    const open = await this.deployments.lockFollowed(manager, devices);
    await this.deployments.change(
      manager,
      open
        .filter(({ state }) => !isTerminal(state))
        .map(({ id }) => ({ id, state: 'superseded', reason: null, ended: true })),
    );
  }
}

const NOTHING = {
  deploymentId: null,
  versionId: null,
  variant: null,
  bundle: null,
  policy: null,
  jws: null,
  issuedAt: null,
  expiresAt: null,
} as const;
