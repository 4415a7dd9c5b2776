import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { apiAudience, brokerAudience, ENROLMENT_AUDIENCE, MAX_DEVICE_TOKEN_SECONDS } from '@hamon/contracts';
import { claimedDevice, DEVICE_TOKEN_TYPE, signDeviceToken, verifyDeviceToken } from '../src/device-token.js';
import { ENROLMENT_PROOF_TYPE, signEnrolmentProof, verifyEnrolmentProof } from '../src/enrolment-proof.js';
import { generateSigningKey, publicJwkOf, thumbprint, type SigningJwk } from '../src/keys.js';
import { signToken } from '../src/token.js';
import { base64url, NOW } from './manifest-fixture.js';

let key: SigningJwk;
let foreign: SigningJwk;

beforeAll(async () => {
  [key, foreign] = await Promise.all([generateSigningKey(), generateSigningKey()]);
});

const audience = brokerAudience('works');
const request = { device: 'cam-1', audience, lifetimeSeconds: 600, now: NOW };
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const SECONDS = Math.floor(NOW.getTime() / 1000);
const claims = { sub: 'cam-1', aud: audience, iat: SECONDS, exp: SECONDS + 60, jti: 'a' };

const refusal = async (
  token: string,
  change: Partial<{ device: string; audience: string; now: Date }> = {},
) => {
  const verified = await verifyDeviceToken(token, publicJwkOf(key), {
    device: 'cam-1',
    audience,
    now: NOW,
    ...change,
  });
  return verified.ok ? 'accepted' : verified.error.code;
};

describe("a device's token", () => {
  it('speaks for its device until it expires', async () => {
    const token = await signDeviceToken(request, key);
    expect(claimedDevice(token)).toBe('cam-1');
    expect(await verifyDeviceToken(token, publicJwkOf(key), { device: 'cam-1', audience, now: NOW })).toEqual(
      {
        ok: true,
        value: { device: 'cam-1', expiresAt: later(600) },
      },
    );
    expect(await refusal(token, { now: later(599) })).toBe('accepted');
    expect(await refusal(token, { now: later(600) })).toBe('token-expired');
  });

  it('is another one each time', async () => {
    expect(await signDeviceToken(request, key)).not.toBe(await signDeviceToken(request, key));
  });

  it.each([0, -1, MAX_DEVICE_TOKEN_SECONDS + 1, Number.NaN])(
    'is not made for %p seconds',
    async (lifetimeSeconds) => {
      await expect(signDeviceToken({ ...request, lifetimeSeconds }, key)).rejects.toThrow(RangeError);
    },
  );

  it.each<[string, string, () => Promise<string> | string, Parameters<typeof refusal>[1]?]>([
    ['of a foreign key', 'token-signature', () => signDeviceToken(request, foreign)],
    [
      'for the API, at the broker',
      'token-audience',
      () => signDeviceToken({ ...request, audience: apiAudience('works') }, key),
    ],
    [
      'for another fleet',
      'token-audience',
      () => signDeviceToken({ ...request, audience: brokerAudience('other') }, key),
    ],
    ['of another device', 'token-subject', () => signDeviceToken({ ...request, device: 'cam-2' }, key)],
    [
      'from tomorrow',
      'token-from-the-future',
      () => signDeviceToken({ ...request, now: later(86_400) }, key),
    ],
    [
      'that lives two hours',
      'token-lifetime',
      () => signToken({ ...claims, exp: SECONDS + 7200 }, DEVICE_TOKEN_TYPE, key),
    ],
    [
      'that ends before it begins',
      'token-lifetime',
      () => signToken({ ...claims, exp: SECONDS - 1 }, DEVICE_TOKEN_TYPE, key),
    ],
    ['of plain type JWT', 'token-type', () => signToken(claims, 'JWT', key)],
    ['that is an enrolment proof', 'token-type', () => signEnrolmentProof({ token: 't', now: NOW }, key)],
    [
      'without a signature',
      'token-algorithm',
      () => `${base64url({ alg: 'none', typ: DEVICE_TOKEN_TYPE })}.${base64url(claims)}.`,
    ],
    [
      'MACed with the public key',
      'token-algorithm',
      () => {
        const body = `${base64url({ alg: 'HS256', typ: DEVICE_TOKEN_TYPE })}.${base64url(claims)}`;
        return `${body}.${createHmac('sha256', Buffer.from(key.x, 'base64url')).update(body).digest('base64url')}`;
      },
    ],
    ['cut in the middle', 'token-signature', async () => (await signDeviceToken(request, key)).slice(0, -10)],
    [
      'with two parts',
      'token-signature',
      async () => (await signDeviceToken(request, key)).split('.').slice(0, 2).join('.'),
    ],
    ['that is empty', 'token-malformed', () => ''],
    ['that is huge', 'token-malformed', () => 'a'.repeat(1_000_000)],
  ])('is refused %s: %s', async (_name, code, make) => {
    expect(await refusal(await make())).toBe(code);
  });

  it('claims nobody where it is no token of ours', () => {
    for (const token of [
      '',
      'a.b.c',
      `x.${base64url({ sub: 'cam-1' })}.y`,
      `x.${base64url({ ...claims, sub: '../x' })}.y`,
    ]) {
      expect(claimedDevice(token)).toBeUndefined();
    }
  });
});

describe('an enrolment proof', () => {
  const token = 'enrol-me';

  it('shows that the caller owns the key, for this token', async () => {
    const proof = await signEnrolmentProof({ token, now: NOW }, key);
    expect(await verifyEnrolmentProof(proof, publicJwkOf(key), { token, now: later(30) })).toEqual({
      ok: true,
      value: await thumbprint(key),
    });
  });

  it.each<[string, string, () => Promise<string>]>([
    ['by another key', 'token-signature', () => signEnrolmentProof({ token, now: NOW }, foreign)],
    ['for another token', 'token-subject', () => signEnrolmentProof({ token: 'other', now: NOW }, key)],
    ['of yesterday', 'token-expired', () => signEnrolmentProof({ token, now: later(-86_400) }, key)],
    [
      'that names another key',
      'token-subject',
      async () =>
        signToken(
          { ...claims, sub: await thumbprint(foreign), aud: ENROLMENT_AUDIENCE },
          ENROLMENT_PROOF_TYPE,
          key,
        ),
    ],
    ['that is a device token', 'token-type', () => signDeviceToken(request, key)],
  ])('is refused %s: %s', async (_name, code, make) => {
    const verified = await verifyEnrolmentProof(await make(), publicJwkOf(key), { token, now: NOW });
    expect(verified.ok ? 'accepted' : verified.error.code).toBe(code);
  });
});
