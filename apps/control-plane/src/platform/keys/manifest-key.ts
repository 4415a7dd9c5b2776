import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfThere, writeFileAtomically } from '@hamon/content';
import { describeProblems, fieldProblems, type PublicJwk } from '@hamon/contracts';
import { generateSigningKey, publicJwkOf, SigningJwk, thumbprint } from '@hamon/trust';

/** Decides whether a missing key may be replaced. */
export interface WithoutKey {
  /** How many devices of all fleets have pinned a key, without retired ones: they will never come back. */
  readonly enrolledDevices: () => Promise<number>;
  /** HAMON_NEW_MANIFEST_KEY */
  readonly mayBeNew: boolean;
}

/** Devices refuse manifests of another key: making one silently would leave all of them waiting for ever. */
export class LostKeyError extends Error {
  override readonly name = 'LostKeyError';

  constructor(path: string, devices: number) {
    const who = devices === 1 ? 'the one enrolled device has' : `${devices} enrolled devices have`;
    super(
      `${path} is missing, the key that ${who} pinned: put it back from a backup, or name it by ` +
        'HAMON_MANIFEST_KEY_FILE. Where there is none, start once with HAMON_NEW_MANIFEST_KEY=true, which makes ' +
        'a new one, and run "hamon-agent enrol --renew" on each device: until then it keeps what it runs and refuses ' +
        'every manifest',
    );
  }
}

/** The key that signs manifests. Devices pin its public half at enrolment: after its loss each has to enrol again. */
export class ManifestKey {
  private constructor(readonly signing: SigningJwk) {}

  /**
   * Reads HAMON_DATA/keys/manifest.jwk, or makes it where no device can have pinned another one yet.
   *
   * @throws LostKeyError where devices have, and no setting asks for a new one
   */
  static async keptIn(dataDir: string, { enrolledDevices, mayBeNew }: WithoutKey): Promise<ManifestKey> {
    const folder = join(dataDir, 'keys');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'manifest.jwk');
    const text = await readFileIfThere(path);
    // Only a missing file may be replaced: a fleet that pinned an unreadable one would be locked out.
    if (text !== undefined) return ManifestKey.parse(path, text);
    const devices = await enrolledDevices();
    if (devices > 0 && !mayBeNew) throw new LostKeyError(path, devices);
    const made = await generateSigningKey();
    await writeFileAtomically(path, `${JSON.stringify(made)}\n`, 0o600);
    return new ManifestKey(made);
  }

  /** Reads the key that replicas share. Never makes one: each replica would make its own, and devices pin one. */
  static async read(path: string): Promise<ManifestKey> {
    let text: string | undefined;
    try {
      text = await readFileIfThere(path);
      if (text !== undefined) return ManifestKey.parse(path, text);
    } catch (cause) {
      throw new Error(`HAMON_MANIFEST_KEY_FILE cannot be used: ${path}`, { cause });
    }
    throw new Error(`HAMON_MANIFEST_KEY_FILE names no file: ${path}`);
  }

  private static parse(path: string, text: string): ManifestKey {
    const parsed = SigningJwk.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new Error(`${path} is no Ed25519 key: ${describeProblems(fieldProblems(parsed.error))}`);
    }
    return new ManifestKey(parsed.data);
  }

  /** Its name, in every manifest that it signs. */
  id(): Promise<string> {
    return thumbprint(this.signing);
  }

  publicJwk(): PublicJwk {
    return publicJwkOf(this.signing);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
