import { KeyBytes, PublicJwk } from '@hamon/contracts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

/** The one signature algorithm there is: Ed25519 (RFC 8032) under its JOSE name (RFC 8037). */
export const SIGNATURE_ALGORITHM = 'EdDSA';

/** An Ed25519 private key as JWK (RFC 8037). Never leaves the machine that made it; stored with mode 0600. */
export const SigningJwk = z.strictObject({
  ...PublicJwk.shape,
  d: KeyBytes,
});
export type SigningJwk = z.infer<typeof SigningJwk>;

/** Makes a fresh key pair; the public half is `publicJwkOf` of it. */
export async function generateSigningKey(): Promise<SigningJwk> {
  const { privateKey } = await generateKeyPair(SIGNATURE_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const { kty, crv, x, d } = await exportJWK(privateKey);
  return SigningJwk.parse({ kty, crv, x, d });
}

/** A public key's required members alone. */
export interface BarePublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

/** The public half. Only its required members are copied, so that a private one can never get out. */
export const publicJwkOf = ({ kty, crv, x }: PublicJwk): BarePublicJwk => ({ kty, crv, x });

/** What signing needs of a key; `use` or `alg` members of a stored file are ignored. */
export const privateJwkOf = ({ kty, crv, x, d }: SigningJwk) => ({ kty, crv, x, d });

/** SHA-256 thumbprint of a key's required public members (RFC 7638), in base64url: the key's name. */
export const thumbprint = ({ kty, crv, x }: PublicJwk): Promise<string> =>
  calculateJwkThumbprint({ kty, crv, x }, 'sha256');
