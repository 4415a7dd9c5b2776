import { Injectable } from '@nestjs/common';
import { Manifest, MAX_SEQUENCE, type DevicePolicy, type ManifestOrder } from '@hamon/contracts';
import { signManifest } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../messaging/outbox.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { must } from '../platform/errors.js';
import {
  DesiredStore,
  type LockedDesired,
  type SignableVariant,
  type SignedDesired,
} from './desired.store.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';

/** What a manifest is signed for. */
export interface SignedTarget {
  readonly deploymentId: string | null;
  readonly versionId: string;
  readonly variant: SignableVariant;
  readonly policy: DevicePolicy;
  readonly order: Exclude<ManifestOrder, 'withdraw'> | null;
}

/** A desired state without anything in it. */
export const NOTHING = {
  deploymentId: null,
  versionId: null,
  variant: null,
  bundle: null,
  policy: null,
  order: null,
  jws: null,
  issuedAt: null,
  expiresAt: null,
} as const;

type Content = Pick<Manifest, 'model' | 'version' | 'variant' | 'bundle' | 'policy' | 'order'>;

/** Signs manifests, each under a new sequence, stores them and lets the outbox announce them. */
@Injectable()
export class DesiredSigner {
  constructor(
    private readonly store: DesiredStore,
    private readonly key: ManifestKey,
    private readonly outbox: Outbox,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async sign(
    manager: EntityManager,
    locked: readonly LockedDesired[],
    targetOf: (row: LockedDesired) => SignedTarget,
  ): Promise<void> {
    const sign = this.signing();
    const signed: SignedDesired[] = [];
    for (const row of locked) {
      const { deploymentId, versionId, variant, policy, order } = targetOf(row);
      const document = await sign(row, { ...contentOf(variant, policy), ...(order && { order }) });
      const { variant: name, sha256: bundle } = variant;
      signed.push({
        device: row.device,
        deploymentId,
        versionId,
        variant: name,
        bundle,
        policy,
        order,
        ...document,
      });
    }
    await this.save(manager, signed);
  }

  /** Signs the order to drop what was desired; nothing is desired from then on. */
  async signWithdrawals(
    manager: EntityManager,
    locked: readonly LockedDesired[],
    contentOfRow: (row: LockedDesired) => Omit<Content, 'order'>,
  ): Promise<void> {
    const sign = this.signing();
    const signed: SignedDesired[] = [];
    for (const row of locked) {
      const document = await sign(row, { ...contentOfRow(row), order: 'withdraw' });
      signed.push({ device: row.device, ...NOTHING, order: 'withdraw', ...document });
    }
    await this.save(manager, signed);
  }

  /** Looks each variant up once. */
  signable(manager: EntityManager): (versionId: string, variant: string) => Promise<SignableVariant> {
    const known = new Map<string, SignableVariant>();
    return async (versionId, variant) => {
      const name = `variant ${variant} of version ${versionId}`;
      const found = known.get(name) ?? must(await this.store.variant(manager, versionId, variant), name);
      known.set(name, found);
      return found;
    };
  }

  private signing() {
    const issuedAt = this.clock.now();
    const expiresAt = new Date(issuedAt.getTime() + this.config.manifestTtlSeconds * 1000);
    const times = { issuedAt: issuedAt.toISOString(), expiresAt: expiresAt.toISOString() };
    return async ({ fleet, device, sequence }: LockedDesired, content: Content) => {
      const own = { schema: 'hamon.manifest/1', fleet, device, sequence: sequence + 1, ...times } as const;
      const jws = await signManifest({ ...own, ...content }, this.key.signing);
      return { sequence: own.sequence, jws, ...times };
    };
  }

  private async save(manager: EntityManager, signed: readonly SignedDesired[]): Promise<void> {
    if (signed.length === 0) return;
    await this.store.save(manager, signed);
    await this.outbox.addDesired(
      manager,
      signed.map(({ device }) => device),
    );
  }
}

export const contentOf = (
  { model, version, variant, sha256, length, chunks }: SignableVariant,
  policy: DevicePolicy,
): Omit<Content, 'order'> => ({
  ...{ model, version, variant, policy },
  bundle: { sha256, length, chunks: [...chunks] },
});

/** The content of the order that a device has, to be signed again. */
export function withdrawnContent({ device, withdrawal }: LockedDesired): Omit<Content, 'order'> {
  const { payload } = must(withdrawal, `a withdrawal of ${device}`);
  const { model, version, variant, bundle, policy } = Manifest.parse(
    JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
  );
  return { model, version, variant, bundle, policy };
}

export function bySequence(locked: readonly LockedDesired[]) {
  return {
    signable: locked.filter(({ sequence }) => sequence < MAX_SEQUENCE),
    exhausted: locked.filter(({ sequence }) => sequence >= MAX_SEQUENCE),
  };
}
