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

/** Orders after which nothing is desired: what runs goes on, or the model is removed. */
export type EndingOrder = Exclude<ManifestOrder, 'hold'>;

export const isEnding = (order: ManifestOrder | null): order is EndingOrder =>
  order === 'withdraw' || order === 'unassign';

/** What a manifest is signed for. */
export interface SignedTarget {
  readonly deploymentId: string | null;
  readonly versionId: string;
  readonly variant: SignableVariant;
  readonly policy: DevicePolicy;
  readonly order: Exclude<ManifestOrder, EndingOrder> | null;
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
export type OrderedContent = Omit<Content, 'order'>;

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
      const { device, model } = row;
      signed.push({
        device,
        model,
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

  /** Signs the order to drop what was desired, or to remove the model; nothing is desired from then on. */
  async signEnding(
    manager: EntityManager,
    locked: readonly LockedDesired[],
    order: EndingOrder,
    contentOfRow: (row: LockedDesired) => OrderedContent,
  ): Promise<void> {
    const sign = this.signing();
    const signed: SignedDesired[] = [];
    for (const row of locked) {
      const document = await sign(row, { ...contentOfRow(row), order });
      signed.push({ device: row.device, model: row.model, ...NOTHING, order, ...document });
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
    return async ({ fleet, device, model, above }: LockedDesired, content: Content) => {
      if (content.model !== model)
        throw new Error(`a manifest of ${content.model} for ${model} of ${device}`);
      const own = { schema: 'hamon.manifest/1', fleet, device, sequence: above + 1, ...times } as const;
      const jws = await signManifest({ ...own, ...content }, this.key.signing);
      return { sequence: own.sequence, jws, ...times };
    };
  }

  private async save(manager: EntityManager, signed: readonly SignedDesired[]): Promise<void> {
    if (signed.length === 0) return;
    await this.store.save(manager, signed);
    await this.outbox.addDesired(manager, signed);
  }
}

export const contentOf = (
  { model, version, variant, sha256, length, chunks }: SignableVariant,
  policy: DevicePolicy,
): OrderedContent => ({
  ...{ model, version, variant, policy },
  bundle: { sha256, length, chunks: [...chunks] },
});

/** The content of the order that a model of a device has, to be signed again. */
export function orderedContent({ device, jws }: LockedDesired): OrderedContent {
  const { payload } = must(jws, `an order to ${device}`);
  const { model, version, variant, bundle, policy } = Manifest.parse(
    JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
  );
  return { model, version, variant, bundle, policy };
}

export function bySequence(locked: readonly LockedDesired[]) {
  return {
    signable: locked.filter(({ above }) => above < MAX_SEQUENCE),
    exhausted: locked.filter(({ above }) => above >= MAX_SEQUENCE),
  };
}
