import { createHash, randomUUID } from 'node:crypto';
import { ENROLMENT_AUDIENCE, ok, type PublicJwk, type Result } from '@hamon/contracts';
import { thumbprint, type SigningJwk } from './keys.js';
import { refuse, signToken, verifyToken, type TokenRefusal } from './token.js';

/** The `typ` of an enrolment proof. */
export const ENROLMENT_PROOF_TYPE = 'hamon-enrolment+jwt';

const PROOF_SECONDS = 300;

/**
 * Proves that an enrolling device owns the key it presents, for this one enrolment token: a proof captured elsewhere
 * enrols nobody.
 *
 * @param now the server's time (`GET /v1/time`): a fresh device's clock may be anywhere
 */
export async function signEnrolmentProof(
  { token, now }: { readonly token: string; readonly now: Date },
  key: SigningJwk,
): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000);
  return signToken(
    {
      sub: await thumbprint(key),
      aud: ENROLMENT_AUDIENCE,
      iat,
      exp: iat + PROOF_SECONDS,
      jti: randomUUID(),
      tok: digestOf(token),
    },
    ENROLMENT_PROOF_TYPE,
    key,
  );
}

/** Checks the proof against the key it came with; answers the key's thumbprint. */
export async function verifyEnrolmentProof(
  proof: string,
  publicKey: PublicJwk,
  { token, now }: { readonly token: string; readonly now: Date },
): Promise<Result<string, TokenRefusal>> {
  const verified = await verifyToken(proof, publicKey, {
    type: ENROLMENT_PROOF_TYPE,
    audience: ENROLMENT_AUDIENCE,
    maxLifetimeSeconds: PROOF_SECONDS,
    now,
  });
  if (!verified.ok) return verified;
  const own = await thumbprint(publicKey);
  if (verified.value.sub !== own) return refuse('token-subject', 'it was made for another key');
  if (verified.value.tok !== digestOf(token)) {
    return refuse('token-subject', 'it was made for another enrolment token');
  }
  return ok(own);
}

const digestOf = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');
