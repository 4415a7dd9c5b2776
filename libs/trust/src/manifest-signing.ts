import { Manifest, type GeneralJws } from '@hamon/contracts';
import type { SigningJwk } from './keys.js';
import { signDocument } from './signed-document.js';

/** The `typ` of a manifest's protected header: no token of ours can be passed off as a manifest, nor the reverse. */
export const MANIFEST_TYPE = 'hamon-manifest+jws';

/**
 * Signs a manifest as JWS in general JSON serialization (RFC 7515, 7.2.1) with one Ed25519 signature. The same manifest
 * and key give the same bytes: Ed25519 is deterministic, and the payload is written in the schema's member order.
 *
 * @throws ZodError where the manifest breaks its own contract, which is a bug of the caller.
 */
export const signManifest = async (manifest: Manifest, key: SigningJwk): Promise<GeneralJws> =>
  signDocument(Manifest.parse(manifest), MANIFEST_TYPE, key);
