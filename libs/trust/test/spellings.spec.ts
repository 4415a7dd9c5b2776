import { beforeAll, describe, expect, it } from 'vitest';
import {
  brokerAudience,
  GeneralJws,
  isCanonicalBase64url,
  PublicJwk,
  type CancelCommand,
} from '@hamon/contracts';
import fc from 'fast-check';
import { signCommand } from '../src/command-signing.js';
import { readCommand, verifyCommand } from '../src/command-verification.js';
import { signDeviceToken, verifyDeviceToken } from '../src/device-token.js';
import { signEnrolmentProof, verifyEnrolmentProof } from '../src/enrolment-proof.js';
import { generateSigningKey, publicJwkOf, type SigningJwk } from '../src/keys.js';
import { signManifest } from '../src/manifest-signing.js';
import { readManifest, verifyManifest } from '../src/manifest-verification.js';
import { documentDigest, isSameDocument } from '../src/signed-document.js';
import { EXPECTED, manifest, NOW } from './manifest-fixture.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const bytesOf = (text: string): string => Buffer.from(text, 'base64url').toString('hex');

/** Every other text that a tolerant decoder takes for the same 64 bytes. */
function otherSpellings(signature: string): string[] {
  const last = [...ALPHABET]
    .map((letter) => signature.slice(0, -1) + letter)
    .filter((text) => text !== signature && bytesOf(text) === bytesOf(signature));
  const base64 = signature.replaceAll('-', '+').replaceAll('_', '/');
  const padded = [`${signature}==`, `${signature}=`, ...(base64 === signature ? [] : [base64])];
  const spaced = [
    `${signature} `,
    ` ${signature}`,
    `${signature}\n`,
    `${signature.slice(0, 40)} ${signature.slice(40)}`,
  ];
  expect(last).toHaveLength(15);
  for (const text of [...padded, ...spaced]) expect(bytesOf(text)).toBe(bytesOf(signature));
  return [...last, ...padded, ...spaced];
}

const respelled = (jws: GeneralJws, signature: string) => ({
  ...jws,
  signatures: [{ ...jws.signatures[0], signature }],
});

describe('one signature in another spelling', () => {
  let key: SigningJwk;
  beforeAll(async () => {
    key = await generateSigningKey();
  });

  it('makes no manifest and no command, each time with the part that is wrong', async () => {
    const cancel: CancelCommand = {
      ...{ schema: 'hamon.command/1', fleet: 'works', device: 'cam-1', kind: 'cancel' },
      id: '7f1d2b8e-52f6-4b0e-9f0e-2d6d4a0f6c11',
      issuedAt: '2026-03-01T00:00:00.000Z',
      expiresAt: '2026-03-02T00:00:00.000Z',
    };
    const pinned = publicJwkOf(key);
    const judges: [GeneralJws, (json: unknown) => Promise<{ ok: boolean }>, string][] = [
      [
        await signManifest(manifest(), key),
        async (json) => {
          const read = readManifest(json);
          return read.ok ? verifyManifest(read.value, pinned, EXPECTED) : read;
        },
        'manifest-malformed',
      ],
      [
        await signCommand(cancel, key),
        async (json) => {
          const read = readCommand(json);
          return read.ok ? verifyCommand(read.value, pinned, EXPECTED) : read;
        },
        'command-malformed',
      ],
    ];
    for (const [signed, judge, code] of judges) {
      expect(await judge(signed)).toMatchObject({ ok: true });
      for (const signature of otherSpellings(signed.signatures[0]!.signature)) {
        const error = { code, detail: expect.stringContaining('signatures.0.signature: must be base64url') };
        expect(await judge(respelled(signed, signature))).toMatchObject({ ok: false, error });
      }
    }
  });

  it('makes no device token and no enrolment proof', async () => {
    const expected = { device: 'cam-1', audience: brokerAudience('works'), now: NOW };
    const token = await signDeviceToken({ ...expected, lifetimeSeconds: 60 }, key);
    const proof = await signEnrolmentProof({ token: 'enrol-me', now: NOW }, key);
    const judges: [string, (text: string) => Promise<unknown>][] = [
      [token, (text) => verifyDeviceToken(text, publicJwkOf(key), expected)],
      [proof, (text) => verifyEnrolmentProof(text, publicJwkOf(key), { token: 'enrol-me', now: NOW })],
    ];
    for (const [signed, judge] of judges) {
      expect(await judge(signed)).toMatchObject({ ok: true });
      const [head, payload, signature = ''] = signed.split('.');
      for (const other of otherSpellings(signature)) {
        const error = { code: 'token-malformed' };
        expect(await judge([head, payload, other].join('.'))).toMatchObject({ ok: false, error });
      }
    }
  });

  it('gives no key a second name', () => {
    const { x, ...rest } = publicJwkOf(key);
    const others = [...ALPHABET].map((letter) => x.slice(0, -1) + letter).filter((text) => text !== x);
    const same = others.filter((text) => bytesOf(text) === bytesOf(x));
    expect(same).toHaveLength(3);
    for (const text of same) expect(PublicJwk.safeParse({ ...rest, x: text }).success).toBe(false);
    expect(PublicJwk.safeParse({ ...rest, x }).success).toBe(true);
  });

  it('is never canonical: of all texts that decode to the same bytes just one is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.constantFrom(...ALPHABET), (bytes, letter) => {
        const text = Buffer.from(bytes).toString('base64url');
        expect(isCanonicalBase64url(text)).toBe(true);
        const other = text.slice(0, -1) + letter;
        const isOther = other !== text && bytesOf(other) === bytesOf(text);
        if (isOther) expect(isCanonicalBase64url(other)).toBe(false);
      }),
    );
  });

  it('is told from another document by bytes', async () => {
    const signed = await signManifest(manifest(), key);
    const other = await signManifest(manifest({ sequence: 8 }), key);
    expect(isSameDocument(signed, structuredClone(signed))).toBe(true);
    expect(isSameDocument(signed, other)).toBe(false);
    expect(documentDigest(signed)).toMatch(/^[0-9a-f]{64}$/);
    expect(documentDigest(signed)).not.toBe(documentDigest(other));
  });
});
