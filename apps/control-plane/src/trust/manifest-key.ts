import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@hamon/content';
import { describeProblems, fieldProblems, type PublicJwk } from '@hamon/contracts';
import { generateSigningKey, publicJwkOf, SigningJwk } from '@hamon/trust';

/** The key that signs manifests. Devices pin its public half at enrolment: losing it means enrolling anew. */
export class ManifestKey {
  private constructor(readonly signing: SigningJwk) {}

  /** Reads HAMON_DATA/keys/manifest.jwk, or makes it at the first start. */
  static async keptIn(dataDir: string): Promise<ManifestKey> {
    const folder = join(dataDir, 'keys');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'manifest.jwk');
    try {
      return await ManifestKey.parse(path);
    } catch (error) {
      // Only a missing file may be replaced: a fleet that pinned an unreadable one would be locked out.
      if (!isMissing(error)) throw error;
      const made = await generateSigningKey();
      await writeFileAtomically(path, `${JSON.stringify(made)}\n`, 0o600);
      return new ManifestKey(made);
    }
  }

  /** Reads the key that replicas share. None is made: each would make its own, and devices pin one. */
  static async read(path: string): Promise<ManifestKey> {
    try {
      return await ManifestKey.parse(path);
    } catch (cause) {
      const rule = isMissing(cause) ? 'names no file' : 'cannot be used';
      throw new Error(`HAMON_MANIFEST_KEY_FILE ${rule}: ${path}`, isMissing(cause) ? {} : { cause });
    }
  }

  private static async parse(path: string): Promise<ManifestKey> {
    const parsed = SigningJwk.safeParse(parseJson(await readFile(path, 'utf8')));
    if (!parsed.success) {
      throw new Error(`${path} is no Ed25519 key: ${describeProblems(fieldProblems(parsed.error))}`);
    }
    return new ManifestKey(parsed.data);
  }

  publicJwk(): PublicJwk {
    return publicJwkOf(this.signing);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
