import { randomUUID } from 'node:crypto';
import { DeviceId, MAX_DEVICE_TOKEN_SECONDS, ok, type PublicJwk, type Result } from '@hamon/contracts';
import type { SigningJwk } from './keys.js';
import {
  decodeJson,
  MAX_TOKEN_LENGTH,
  refuse,
  signToken,
  TokenClaims,
  verifyToken,
  type TokenRefusal,
} from './token.js';

/** The `typ` of a device's token. */
export const DEVICE_TOKEN_TYPE = 'hamon-device+jwt';

export interface DeviceTokenRequest {
  readonly device: string;
  /** `brokerAudience(fleet)` or `apiAudience(fleet)`: a token for one does not open the other. */
  readonly audience: string;
  /** At most `MAX_DEVICE_TOKEN_SECONDS`. */
  readonly lifetimeSeconds: number;
  /** The server's time as the device knows it. */
  readonly now: Date;
}

/** Who a token speaks for, and until when. */
export interface DeviceTokenView {
  readonly device: string;
  readonly expiresAt: Date;
}

/**
 * A short-lived JWT by which a device proves who it is: MQTT password or HTTP bearer token.
 *
 * @throws RangeError for a lifetime outside (0, `MAX_DEVICE_TOKEN_SECONDS`]
 */
export async function signDeviceToken(
  { device, audience, lifetimeSeconds, now }: DeviceTokenRequest,
  key: SigningJwk,
): Promise<string> {
  if (!(lifetimeSeconds >= 1 && lifetimeSeconds <= MAX_DEVICE_TOKEN_SECONDS)) {
    throw new RangeError(`a device token lives 1 to ${MAX_DEVICE_TOKEN_SECONDS} s, not ${lifetimeSeconds}`);
  }
  const iat = Math.floor(now.getTime() / 1000);
  return signToken(
    { sub: device, aud: audience, iat, exp: iat + Math.floor(lifetimeSeconds), jti: randomUUID() },
    DEVICE_TOKEN_TYPE,
    key,
  );
}

/**
 * Checks a device's token against the key on record.
 *
 * @param publicKey the key that `expected.device` enrolled with
 */
export async function verifyDeviceToken(
  token: string,
  publicKey: PublicJwk,
  expected: { readonly device: string; readonly audience: string; readonly now: Date },
): Promise<Result<DeviceTokenView, TokenRefusal>> {
  const verified = await verifyToken(token, publicKey, {
    type: DEVICE_TOKEN_TYPE,
    audience: expected.audience,
    maxLifetimeSeconds: MAX_DEVICE_TOKEN_SECONDS,
    now: expected.now,
  });
  if (!verified.ok) return verified;
  const { sub, exp } = verified.value;
  if (sub !== expected.device) return refuse('token-subject', `it is not for device "${expected.device}"`);
  return ok({ device: sub, expiresAt: new Date(exp * 1000) });
}

/**
 * The device that a token *claims* to speak for, to look its key up by. Nothing is verified here: the answer opens
 * nothing before `verifyDeviceToken`.
 */
export function claimedDevice(token: string): string | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const claims = TokenClaims.safeParse(decodeJson(token.split('.')[1] ?? ''));
  if (!claims.success) return undefined;
  const device = DeviceId.safeParse(claims.data.sub);
  return device.success ? device.data : undefined;
}
