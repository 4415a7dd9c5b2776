import {
  err,
  Manifest,
  ok,
  type GeneralJws,
  type ManifestRejection,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { openAddressed, type Addressee } from './addressed-document.js';
import { MANIFEST_TYPE } from './manifest-signing.js';
import { readDocument } from './signed-document.js';

/** The reasons that a manifest's bytes alone can give; the rules on sequences need the device's state and live there. */
export type ManifestRefusalCode = Exclude<
  ManifestRejection,
  'manifest-older' | 'manifest-conflict' | 'manifest-abandoned'
>;

export interface ManifestRefusal {
  readonly code: ManifestRefusalCode;
  /** One sentence for the device's log and the operator. */
  readonly detail: string;
}

export interface ManifestExpectations extends Addressee {
  /**
   * What an expiry is compared with; on a device the later of its clock and its time floor. `any-time` accepts an
   * expired manifest: for proofs of a sequence, and for the one a device already runs.
   */
  readonly now: Date | 'any-time';
  /** A manifest issued later was signed under a wrong clock; undefined where no time is known that well. */
  readonly latestIssue?: Date | undefined;
}

/**
 * A manifest as received, decoded from JSON but otherwise untrusted → its signed form. It is trusted for nothing before
 * `verifyManifest`.
 */
export function readManifest(json: unknown): Result<GeneralJws, ManifestRefusal> {
  const read = readDocument(json);
  return read.ok ? read : refuse(`manifest-${read.error.fault}`, read.error.detail);
}

/**
 * Checks a manifest: algorithm, signature under the pinned key, payload, fleet, device, expiry, issue, in this order; the
 * first broken rule is the answer. Nothing of the payload is interpreted before its signature holds.
 *
 * @param pinnedKey the manifest key learnt at enrolment
 */
export async function verifyManifest(
  jws: GeneralJws,
  pinnedKey: PublicJwk,
  { now, latestIssue, ...addressee }: ManifestExpectations,
): Promise<Result<Manifest, ManifestRefusal>> {
  const opened = await openAddressed(jws, MANIFEST_TYPE, Manifest, pinnedKey, addressee);
  if (!opened.ok) return refuse(`manifest-${opened.error.fault}`, opened.error.detail);
  const manifest = opened.value;
  if (now !== 'any-time' && Date.parse(manifest.expiresAt) <= now.getTime()) {
    return refuse('manifest-expired', `expired at ${manifest.expiresAt}, it is ${now.toISOString()}`);
  }
  if (latestIssue && Date.parse(manifest.issuedAt) > latestIssue.getTime()) {
    return refuse(
      'manifest-from-future',
      `issued at ${manifest.issuedAt}, later than ${latestIssue.toISOString()}: the server's clock was wrong`,
    );
  }
  return ok(manifest);
}

const refuse = (code: ManifestRefusalCode, detail: string) => err({ code, detail: detail.slice(0, 500) });
