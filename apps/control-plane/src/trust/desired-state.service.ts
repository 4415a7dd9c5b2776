import { Injectable } from '@nestjs/common';
import { isTerminal, type DevicePolicy, type Manifest } from '@hamon/contracts';
import { signManifest } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../messaging/outbox.js';
import { Config } from '../platform/config/config.js';
import { must } from '../platform/errors.js';
import { DeploymentStore } from './deployment.store.js';
import {
  DesiredStore,
  type LockedDesired,
  type SignableVariant,
  type SignedDesired,
} from './desired.store.js';
import { ManifestKey } from './manifest-key.js';

/** What devices shall run. */
export interface Assignment {
  readonly fleet: string;
  readonly devices: readonly string[];
  readonly versionId: string;
  readonly variant: string;
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

  /** Begins a deployment on each device and ends what was under way there. Answers the deployments' ids by device. */
  async assign(manager: EntityManager, assignment: Assignment): Promise<Map<string, string>> {
    const { fleet, versionId, policy, rolloutId } = assignment;
    const variant = must(
      await this.store.variant(manager, versionId, assignment.variant),
      `variant ${assignment.variant} of version ${versionId}`,
    );
    const locked = await this.store.lock(manager, fleet, assignment.devices);
    await this.#supersede(manager, assignment.devices);
    const ids = await this.deployments.insert(
      manager,
      locked.map(({ device, sequence }) => ({
        fleet,
        device,
        rolloutId,
        versionId,
        variant: variant.variant,
        bundle: variant.sha256,
        sequence: sequence + 1,
      })),
    );
    await this.#sign(manager, locked, ({ device }) => ({
      deploymentId: must(ids.get(device), `a deployment of ${device}`),
      versionId,
      variant,
      policy,
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
    const variants = new Map<string, SignableVariant>();
    const targets = new Map<string, Target>();
    for (const { device, deploymentId, versionId, variant, policy } of locked) {
      if (versionId === null || variant === null || policy === null) continue;
      const name = `${versionId}/${variant}`;
      const known = variants.get(name) ?? must(await this.store.variant(manager, versionId, variant), name);
      variants.set(name, known);
      targets.set(device, { deploymentId, versionId, variant: known, policy });
    }
    const withTarget = locked.filter(({ device }) => targets.has(device));
    await this.#sign(manager, withTarget, ({ device }) => must(targets.get(device), `a target of ${device}`));
  }

  /**
   * The device proved that it holds a manifest of ours that we do not know of: the database is older than the fleet.
   * Continues above it. At our own sequence it counts where its signature is another: we signed that number twice.
   */
  async continueAbove(
    manager: EntityManager,
    fleet: string,
    device: string,
    { sequence: proven, signature }: { readonly sequence: number; readonly signature: string | undefined },
  ): Promise<boolean> {
    const [row] = await this.store.lock(manager, fleet, [device]);
    if (!row || row.sequence > proven) return false;
    if (row.sequence === proven && (row.signature === null || row.signature === signature)) return false;
    const raised = { ...row, sequence: proven };
    if (row.versionId === null) await this.store.save(manager, [{ device, sequence: proven, ...NOTHING }]);
    else await this.signAnew(manager, [raised]);
    return true;
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

  async #supersede(manager: EntityManager, devices: readonly string[]): Promise<void> {
    const open = await this.deployments.lockOpen(manager, devices);
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
