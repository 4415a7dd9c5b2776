import {
  describeProblems,
  err,
  fieldProblems,
  isCanonicalBase64url,
  ok,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { compactVerify, CompactSign, errors } from 'jose';
import { z } from 'zod';
import { privateJwkOf, publicJwkOf, SIGNATURE_ALGORITHM, type SigningJwk } from './keys.js';

/** Why a token was refused. */
export type TokenRefusalCode =
  | 'token-malformed'
  | 'token-algorithm'
  | 'token-type'
  | 'token-signature'
  | 'token-audience'
  | 'token-subject'
  | 'token-lifetime'
  | 'token-expired'
  | 'token-from-the-future';

export interface TokenRefusal {
  readonly code: TokenRefusalCode;
  readonly detail: string;
}

/** The claims that every token of ours carries (RFC 7519, 4.1), all of them mandatory; times in seconds. */
export const TokenClaims = z.strictObject({
  sub: z.string().min(1).max(200),
  aud: z.string().min(1).max(200),
  iat: z.int().min(0),
  exp: z.int().min(0),
  jti: z.string().min(1).max(64),
  /** Enrolment proofs: SHA-256 of the enrolment token that the proof was made for. */
  tok: z.string().max(64).optional(),
});
export type TokenClaims = z.infer<typeof TokenClaims>;

const TokenHeader = z.strictObject({ alg: z.string(), typ: z.string() });

/** How far ahead of ours a signer's clock may be; a device corrects its clock from `GET /v1/time` before it signs. */
export const CLOCK_TOLERANCE_SECONDS = 60;

/** Far above any token that is issued; a longer one is not even decoded. */
export const MAX_TOKEN_LENGTH = 2000;

export interface TokenRules {
  readonly type: string;
  readonly audience: string;
  readonly maxLifetimeSeconds: number;
  readonly now: Date;
}

/** Signs claims as compact JWS; `typ` keeps one use's tokens from serving another (RFC 8725, 3.11). */
export function signToken(claims: TokenClaims, type: string, key: SigningJwk): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(TokenClaims.parse(claims))))
    .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, typ: type })
    .sign(privateJwkOf(key));
}

/** Algorithm, type, signature, then claims: the first broken rule is the answer. */
export async function verifyToken(
  token: string,
  key: PublicJwk,
  rules: TokenRules,
): Promise<Result<TokenClaims, TokenRefusal>> {
  if (token.length > MAX_TOKEN_LENGTH) return refuse('token-malformed', `longer than ${MAX_TOKEN_LENGTH}`);
  const parts = token.split('.');
  if (!parts.every(isCanonicalBase64url))
    return refuse('token-malformed', 'a part is no canonical base64url');
  const header = TokenHeader.safeParse(decodeJson(parts[0] ?? ''));
  if (!header.success) return refuse('token-malformed', 'its header is not that of a token');
  if (header.data.alg !== SIGNATURE_ALGORITHM) {
    return refuse('token-algorithm', `only ${SIGNATURE_ALGORITHM} is accepted`);
  }
  if (header.data.typ !== rules.type) return refuse('token-type', `its type must be "${rules.type}"`);
  let payload: Uint8Array;
  try {
    const verified = await compactVerify(token, publicJwkOf(key), { algorithms: [SIGNATURE_ALGORITHM] });
    payload = verified.payload;
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    return refuse('token-signature', 'its signature does not verify');
  }
  const claims = TokenClaims.safeParse(decodeJson(payload));
  if (!claims.success) return refuse('token-malformed', describeProblems(fieldProblems(claims.error)));
  return judgeClaims(claims.data, rules);
}

function judgeClaims(
  claims: TokenClaims,
  { audience, maxLifetimeSeconds, now }: TokenRules,
): Result<TokenClaims, TokenRefusal> {
  const nowSeconds = now.getTime() / 1000;
  if (claims.aud !== audience) return refuse('token-audience', `its audience must be "${audience}"`);
  if (claims.exp - claims.iat > maxLifetimeSeconds || claims.exp <= claims.iat) {
    return refuse('token-lifetime', `it must live more than 0 and at most ${maxLifetimeSeconds} s`);
  }
  if (claims.exp <= nowSeconds) return refuse('token-expired', 'it has expired');
  if (claims.iat > nowSeconds + CLOCK_TOLERANCE_SECONDS) {
    return refuse('token-from-the-future', 'it was issued in the future: check the clock of its signer');
  }
  return ok(claims);
}

/** Canonical base64url text or bytes → JSON value; undefined where it is none. Never throws. */
export function decodeJson(encoded: string | Uint8Array): unknown {
  if (typeof encoded === 'string' && !isCanonicalBase64url(encoded)) return undefined;
  try {
    const bytes = typeof encoded === 'string' ? Buffer.from(encoded, 'base64url') : encoded;
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

export const refuse = (code: TokenRefusalCode, detail: string) => err({ code, detail });
