import {
  describeProblems,
  err,
  fieldProblems,
  GeneralJws,
  Manifest,
  ok,
  type ManifestRejection,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { errors, generalVerify } from 'jose';
import { z } from 'zod';
import { SIGNATURE_ALGORITHM, publicJwkOf } from './keys.js';
import { MANIFEST_TYPE } from './manifest-signing.js';
import { decodeJson } from './token.js';

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

export interface ManifestExpectations {
  readonly fleet: string;
  readonly device: string;
  /**
   * What an expiry is compared with; on a device the later of its clock and its time floor. `any-time` accepts an
   * expired manifest: for proofs of a sequence, and for the one a device already runs.
   */
  readonly now: Date | 'any-time';
}

/** Any further member (`crit`, `b64`, `jku`, `jwk`, `x5c` …) would change how, or by whom, the payload is judged. */
const ProtectedHeader = z.strictObject({
  alg: z.string(),
  typ: z.string(),
  kid: z.string().max(100).optional(),
});

/**
 * Checks a manifest as received: shape, algorithm, signature under the pinned key, payload, fleet, device, expiry, in
 * this order; the first broken rule is the answer. Nothing of the payload is interpreted before its signature holds.
 *
 * @param jws what arrived, decoded from JSON but otherwise untrusted
 * @param pinnedKey the manifest key learnt at enrolment
 */
export async function verifyManifest(
  jws: unknown,
  pinnedKey: PublicJwk,
  expected: ManifestExpectations,
): Promise<Result<Manifest, ManifestRefusal>> {
  if (isUnsigned(jws)) return refuse('manifest-unsigned', 'it carries no signature');
  const shape = GeneralJws.safeParse(jws);
  if (!shape.success) return refuse('manifest-malformed', describeProblems(fieldProblems(shape.error)));

  const header = ProtectedHeader.safeParse(decodeJson(shape.data.signatures[0]?.protected ?? ''));
  if (!header.success) {
    return refuse('manifest-malformed', `protected header: ${describeProblems(fieldProblems(header.error))}`);
  }
  const { alg, typ } = header.data;
  if (alg.toLowerCase() === 'none') return refuse('manifest-unsigned', 'its algorithm is "none"');
  if (alg !== SIGNATURE_ALGORITHM) {
    return refuse(
      'manifest-bad-signature',
      `algorithm "${clip(alg)}", only ${SIGNATURE_ALGORITHM} is accepted`,
    );
  }
  if (typ !== MANIFEST_TYPE) {
    return refuse('manifest-bad-signature', `type "${clip(typ)}" instead of "${MANIFEST_TYPE}"`);
  }
  if (shape.data.signatures[0]?.signature === '')
    return refuse('manifest-unsigned', 'its signature is empty');

  let payload: Uint8Array;
  try {
    const verified = await generalVerify(shape.data, publicJwkOf(pinnedKey), {
      algorithms: [SIGNATURE_ALGORITHM],
    });
    payload = verified.payload;
  } catch (cause) {
    // Whatever the library finds wrong with a peer's bytes is one outcome; anything else is a fault of this machine.
    if (!(cause instanceof errors.JOSEError)) throw cause;
    return refuse('manifest-bad-signature', 'its signature does not verify under the pinned key');
  }
  return judgePayload(payload, expected);
}

function judgePayload(
  payload: Uint8Array,
  { fleet, device, now }: ManifestExpectations,
): Result<Manifest, ManifestRefusal> {
  const parsed = Manifest.safeParse(decodeJson(payload));
  if (!parsed.success) {
    return refuse('manifest-malformed', `payload: ${describeProblems(fieldProblems(parsed.error))}`);
  }
  const manifest = parsed.data;
  if (manifest.fleet !== fleet) {
    return refuse(
      'manifest-foreign-fleet',
      `for fleet "${manifest.fleet}", this device belongs to "${fleet}"`,
    );
  }
  if (manifest.device !== device) {
    return refuse('manifest-foreign-device', `for device "${manifest.device}", this is "${device}"`);
  }
  if (now !== 'any-time' && Date.parse(manifest.expiresAt) <= now.getTime()) {
    return refuse('manifest-expired', `expired at ${manifest.expiresAt}, it is ${now.toISOString()}`);
  }
  return ok(manifest);
}

/** A bare manifest, or a JWS whose signatures are missing: worth a reason of its own, as somebody forgot to sign. */
function isUnsigned(jws: unknown): boolean {
  if (typeof jws !== 'object' || jws === null) return false;
  if ('signatures' in jws) return Array.isArray(jws.signatures) && jws.signatures.length === 0;
  return 'payload' in jws ? !('signature' in jws) : 'schema' in jws;
}

const clip = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const refuse = (code: ManifestRefusalCode, detail: string) => err({ code, detail: detail.slice(0, 500) });
