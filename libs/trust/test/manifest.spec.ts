import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { GeneralJws } from '@hamon/contracts';
import fc from 'fast-check';
import { FlattenedSign } from 'jose';
import { signDeviceToken } from '../src/device-token.js';
import { generateSigningKey, publicJwkOf, thumbprint, type SigningJwk } from '../src/keys.js';
import { MANIFEST_TYPE, signManifest } from '../src/manifest-signing.js';
import { readManifest, verifyManifest } from '../src/manifest-verification.js';
import { base64url, EXPECTED, manifest, NOW } from './manifest-fixture.js';

let key: SigningJwk;
let foreign: SigningJwk;
let signed: GeneralJws;

beforeAll(async () => {
  [key, foreign] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  signed = await signManifest(manifest(), key);
});

const header = (change: Record<string, unknown> = {}) => ({ alg: 'EdDSA', typ: MANIFEST_TYPE, ...change });

/** Really signed with the fleet's key, but with a header or payload that `signManifest` would never make. */
async function signedOddly(protectedHeader: object, payload: unknown): Promise<GeneralJws> {
  const {
    payload: body,
    signature,
    protected: head,
  } = await new FlattenedSign(
    new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  )
    .setProtectedHeader(protectedHeader as { alg: 'EdDSA' })
    .sign({ ...publicJwkOf(key), d: key.d });
  return { payload: body, signatures: [{ protected: head ?? '', signature }] };
}

/** As a device judges what arrives. */
const judge = async (json: unknown, expected = EXPECTED as Parameters<typeof verifyManifest>[2]) => {
  const read = readManifest(json);
  return read.ok ? verifyManifest(read.value, publicJwkOf(key), expected) : read;
};

const rejection = async (json: unknown, expected?: Parameters<typeof verifyManifest>[2]) => {
  const verified = await judge(json, expected);
  return verified.ok ? 'accepted' : verified.error.code;
};

describe('a manifest', () => {
  it('is accepted as it was signed, also after a way through JSON', async () => {
    const verified = await judge(JSON.parse(JSON.stringify(signed)));
    expect(verified).toEqual({ ok: true, value: manifest() });
  });

  it('is the same bytes when signed again: a repetition is no news', async () => {
    expect(await signManifest(manifest(), key)).toEqual(signed);
  });

  it('names its key by thumbprint and never shows the private half', async () => {
    expect(JSON.parse(Buffer.from(signed.signatures[0]!.protected, 'base64url').toString())).toEqual(
      header({ kid: await thumbprint(key) }),
    );
    expect(JSON.stringify(signed)).not.toContain(key.d);
    expect(publicJwkOf(key)).not.toHaveProperty('d');
  });

  it('may be longer expired where it only proves a sequence', async () => {
    const old = await signManifest(manifest({ expiresAt: '2020-01-01T00:00:00.000Z' }), key);
    expect(await rejection(old)).toBe('manifest-expired');
    expect(await rejection(old, { ...EXPECTED, now: 'any-time' })).toBe('accepted');
  });

  it('expires at the very instant it says', async () => {
    const at = (now: string) => rejection(signed, { ...EXPECTED, now: new Date(now) });
    expect(await at('2026-03-07T23:59:59.999Z')).toBe('accepted');
    expect(await at('2026-03-08T00:00:00.000Z')).toBe('manifest-expired');
  });

  it('was issued by a wrong clock where that is later than can be', async () => {
    const upTo = (latest: string) => rejection(signed, { ...EXPECTED, latestIssue: new Date(latest) });
    expect(await upTo('2026-03-01T00:00:00.000Z')).toBe('accepted');
    expect(await upTo('2026-02-28T23:59:59.999Z')).toBe('manifest-from-future');
  });
});

const TABLE: readonly [name: string, code: string, make: () => unknown][] = [
  ['of a foreign fleet', 'manifest-foreign-fleet', () => signManifest(manifest({ fleet: 'other' }), key)],
  ['of a foreign device', 'manifest-foreign-device', () => signManifest(manifest({ device: 'cam-2' }), key)],
  ['signed by a foreign key', 'manifest-bad-signature', () => signManifest(manifest(), foreign)],
  ['never signed', 'manifest-unsigned', () => manifest()],
  ['without signatures', 'manifest-unsigned', () => ({ payload: signed.payload, signatures: [] })],
  ['with the payload alone', 'manifest-unsigned', () => ({ payload: signed.payload })],
  [
    'with an empty signature',
    'manifest-unsigned',
    () => ({ ...signed, signatures: [{ ...signed.signatures[0], signature: '' }] }),
  ],
  [
    'with algorithm none',
    'manifest-unsigned',
    () => ({
      payload: signed.payload,
      signatures: [{ protected: base64url(header({ alg: 'none' })), signature: '' }],
    }),
  ],
  [
    'with algorithm nOnE and somebody else’s signature',
    'manifest-unsigned',
    () => ({
      payload: signed.payload,
      signatures: [{ ...signed.signatures[0], protected: base64url(header({ alg: 'nOnE' })) }],
    }),
  ],
  [
    'MACed with the public key (HS256)',
    'manifest-bad-signature',
    () => {
      const head = base64url(header({ alg: 'HS256' }));
      const mac = createHmac('sha256', Buffer.from(key.x, 'base64url'));
      const signature = mac.update(`${head}.${signed.payload}`).digest('base64url');
      return { payload: signed.payload, signatures: [{ protected: head, signature }] };
    },
  ],
  [
    'signed with ES256',
    'manifest-bad-signature',
    () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const head = base64url(header({ alg: 'ES256' }));
      const signature = signBytes('sha256', Buffer.from(`${head}.${signed.payload}`), {
        key: privateKey,
        dsaEncoding: 'ieee-p1363',
      });
      return {
        payload: signed.payload,
        signatures: [{ protected: head, signature: signature.toString('base64url') }],
      };
    },
  ],
  [
    'that brings its own key along',
    'manifest-malformed',
    () => signedOddly(header({ jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } }), manifest()),
  ],
  [
    'with a critical extension',
    'manifest-malformed',
    () => ({
      payload: signed.payload,
      signatures: [{ ...signed.signatures[0], protected: base64url(header({ crit: ['b64'], b64: false })) }],
    }),
  ],
  [
    'with an unprotected header',
    'manifest-malformed',
    () => ({ ...signed, signatures: [{ ...signed.signatures[0], header: { kid: 'x' } }] }),
  ],
  [
    'with two signatures',
    'manifest-malformed',
    () => ({ ...signed, signatures: [signed.signatures[0], signed.signatures[0]] }),
  ],
  [
    'of another type, under the right key',
    'manifest-bad-signature',
    () => signedOddly(header({ typ: 'JWT' }), manifest()),
  ],
  ['whose payload is no JSON', 'manifest-malformed', () => signedOddly(header(), 'not json')],
  [
    'whose payload lacks a field',
    'manifest-malformed',
    () => signedOddly(header(), { ...manifest(), fleet: undefined }),
  ],
  [
    'whose payload is of a later schema',
    'manifest-malformed',
    () => signedOddly(header(), { ...manifest(), schema: 'hamon.manifest/2' }),
  ],
  ['with a cut payload', 'manifest-bad-signature', () => ({ ...signed, payload: signed.payload.slice(4) })],
  ['with no payload', 'manifest-bad-signature', () => ({ ...signed, payload: '' })],
  [
    'with a cut signature',
    'manifest-bad-signature',
    () => ({
      ...signed,
      signatures: [{ ...signed.signatures[0], signature: signed.signatures[0]!.signature.slice(0, -2) }],
    }),
  ],
  ['that is a text', 'manifest-malformed', () => 'hello'],
  ['that is null', 'manifest-malformed', () => null],
  [
    'with an unreadable header',
    'manifest-malformed',
    () => ({ ...signed, signatures: [{ protected: '!', signature: 'AA' }] }),
  ],
];

describe('refuses a manifest', () => {
  it.each(TABLE)('%s: %s', async (_name, code, make) => {
    expect(await rejection(await make())).toBe(code);
  });

  it('of a foreign key and says both keys by their ids, or that none is named', async () => {
    const [pinned, other] = [await thumbprint(key), await thumbprint(foreign)];
    const detail = async (jws: unknown) => {
      const verified = await judge(jws);
      return verified.ok ? '' : verified.error.detail;
    };
    expect(await detail(await signManifest(manifest(), foreign))).toBe(
      `its signature does not verify: it names key ${other}, the pinned key is ${pinned}`,
    );
    const { payload, signatures } = await signedOddly(header(), manifest());
    expect(await detail({ payload: payload.slice(4), signatures })).toBe(
      `its signature does not verify: it names no key, the pinned key is ${pinned}`,
    );
    expect(await detail({ ...signed, payload: signed.payload.slice(4) })).toBe(
      `its signature does not verify under the pinned key ${pinned}, which it names`,
    );
    // Signed with a name that is none: it is not repeated.
    const named = await signedOddly(header({ kid: 'x\ny' }), manifest());
    expect(await detail({ ...named, payload: payload.slice(4) })).toContain('it names no key');
  });

  it('for no missing key id, as earlier releases signed without one', async () => {
    expect(await rejection(await signedOddly(header(), manifest()))).toBe('accepted');
  });

  it('made from a device’s token with the same key: types keep uses apart', async () => {
    const token = await signDeviceToken(
      { device: 'cam-1', audience: 'x', lifetimeSeconds: 60, now: NOW },
      key,
    );
    const [head, payload, signature] = token.split('.');
    expect(await rejection({ payload, signatures: [{ protected: head, signature }] })).toBe(
      'manifest-bad-signature',
    );
  });

  it('with any single character of its parts changed', async () => {
    const parts = ['payload', 'protected', 'signature'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parts),
        fc.nat(),
        fc.constantFrom('A', 'z', '0', '_'),
        async (part, at, to) => {
          const changed = structuredClone(signed);
          const holder: Record<string, string> =
            part === 'payload' ? (changed as never) : changed.signatures[0]!;
          const text = holder[part]!;
          const index = at % text.length;
          fc.pre(text[index] !== to);
          holder[part] = text.slice(0, index) + to + text.slice(index + 1);
          expect(await rejection(changed)).toMatch(/^manifest-(bad-signature|malformed)$/);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('whatever arrives, with a reason instead of an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await rejection(value)).toMatch(/^manifest-(malformed|unsigned)$/);
      }),
      { numRuns: 200 },
    );
  });

  it('with a detail that fits the wire, however long the offender’s words', async () => {
    const long = await verifyManifest(
      await signedOddly(header({ typ: 'x'.repeat(600) }), manifest()),
      publicJwkOf(key),
      EXPECTED,
    );
    expect(long.ok ? '' : long.error.detail).toMatch(/^type "x{40}…"/);
  });
});
