import { beforeAll, describe, expect, it } from 'vitest';
import type { CancelCommand, DeviceCommand, GeneralJws } from '@hamon/contracts';
import { FlattenedSign } from 'jose';
import { COMMAND_TYPE, signCommand } from '../src/command-signing.js';
import { readCommand, verifyCommand } from '../src/command-verification.js';
import { generateSigningKey, publicJwkOf, type SigningJwk } from '../src/keys.js';
import { MANIFEST_TYPE, signManifest } from '../src/manifest-signing.js';
import { verifyManifest } from '../src/manifest-verification.js';
import { EXPECTED, manifest } from './manifest-fixture.js';

let key: SigningJwk;
let foreign: SigningJwk;
beforeAll(async () => {
  [key, foreign] = await Promise.all([generateSigningKey(), generateSigningKey()]);
});

const cancel = (change: Partial<CancelCommand> = {}): CancelCommand => ({
  schema: 'hamon.command/1',
  fleet: 'works',
  device: 'cam-1',
  id: '7f1d2b8e-52f6-4b0e-9f0e-2d6d4a0f6c11',
  issuedAt: '2026-03-01T00:00:00.000Z',
  expiresAt: '2026-03-02T00:00:00.000Z',
  kind: 'cancel',
  ...change,
});

const benchmark = (): DeviceCommand => {
  const { kind: _, ...head } = cancel();
  const { model, version, bundle } = manifest();
  const plan = { rounds: 1, runs: 1, warmupRuns: 0, budgetSeconds: 1, samples: 1, deadlineSeconds: 1 };
  const variants = [{ variant: 'fp32', bundle }];
  return { ...head, kind: 'benchmark', benchmark: { model, version, variants, plan } };
};

/** As a device judges what arrives. */
const judge = async (json: unknown, expected = EXPECTED as { fleet: string; device: string; now: Date }) => {
  const read = readCommand(json);
  return read.ok ? verifyCommand(read.value, publicJwkOf(key), expected) : read;
};

const judged = async (json: unknown, expected?: { fleet: string; device: string; now: Date }) => {
  const verified = await judge(json, expected);
  return verified.ok ? 'accepted' : verified.error.code;
};

/** Really signed with the fleet's key, under a type that `signCommand` would never give it. */
async function typed(payload: object, typ: string): Promise<GeneralJws> {
  const signed = await new FlattenedSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ })
    .sign({ ...publicJwkOf(key), d: key.d });
  return {
    payload: signed.payload,
    signatures: [{ protected: signed.protected ?? '', signature: signed.signature }],
  };
}

const REFUSED: readonly [what: string, code: string, make: () => unknown][] = [
  ['of a foreign fleet', 'command-foreign-fleet', () => signCommand(cancel({ fleet: 'other' }), key)],
  ['of a foreign device', 'command-foreign-device', () => signCommand(cancel({ device: 'cam-2' }), key)],
  ['signed by a foreign key', 'command-bad-signature', () => signCommand(cancel(), foreign)],
  ['never signed', 'command-unsigned', () => cancel()],
  ['that is a manifest', 'command-bad-signature', () => signManifest(manifest(), key)],
  ['typed as a manifest', 'command-bad-signature', () => typed(cancel(), MANIFEST_TYPE)],
  ['that is typed as one and is a manifest', 'command-malformed', () => typed(manifest(), COMMAND_TYPE)],
  ['that is no object', 'command-malformed', () => 7],
  ['of an unknown kind', 'command-malformed', () => typed({ ...cancel(), kind: 'reboot' }, COMMAND_TYPE)],
];

describe('a command', () => {
  it.each([
    ['benchmark', benchmark],
    ['cancel', cancel],
  ] as const)('to %s is accepted as signed', async (_, make) => {
    const command: DeviceCommand = make();
    const signed = await signCommand(command, key);
    const verified = await judge(JSON.parse(JSON.stringify(signed)));
    expect(verified).toEqual({ ok: true, value: command });
    expect(await signCommand(command, key)).toEqual(signed);
  });

  it.each(REFUSED)('%s is refused as %s', async (_, code, make) => {
    expect(await judged(await make())).toBe(code);
  });

  it('that has expired names what expired, so that its sender can be answered', async () => {
    const signed = await signCommand(cancel(), key);
    const at = (now: string) => ({ ...EXPECTED, now: new Date(now) });
    expect(await judged(signed, at('2026-03-01T23:59:59.999Z'))).toBe('accepted');
    const late = await verifyCommand(signed, publicJwkOf(key), at('2026-03-02T00:00:00.000Z'));
    expect(late).toMatchObject({ ok: false, error: { code: 'command-expired', command: cancel() } });
  });

  it('is no manifest, whatever it is typed as', async () => {
    const taken = async (jws: GeneralJws) => {
      const verified = await verifyManifest(jws, publicJwkOf(key), EXPECTED);
      return verified.ok ? 'accepted' : verified.error.code;
    };
    expect(await taken(await signCommand(benchmark(), key))).toBe('manifest-bad-signature');
    expect(await taken(await typed(benchmark(), MANIFEST_TYPE))).toBe('manifest-malformed');
  });
});
