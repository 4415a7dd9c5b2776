import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeProblems, fieldProblems, type PublicJwk } from '@hamon/contracts';
import { generateSigningKey, publicJwkOf, SigningJwk } from '@hamon/trust';
import { writeFileAtomically } from '../platform/write-file-atomically.js';

/** The key that signs manifests. Devices pin its public half at enrolment: losing it means enrolling anew. */
export class ManifestKey {
  private constructor(readonly signing: SigningJwk) {}

  /** Reads HAMON_DATA/keys/manifest.jwk, or makes it at the first start. Replicas share the file. */
  static async load(dataDir: string): Promise<ManifestKey> {
    const folder = join(dataDir, 'keys');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'manifest.jwk');
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      // Only a missing file may be replaced: a fleet that pinned an unreadable one would be locked out.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      const made = await generateSigningKey();
      await writeFileAtomically(path, `${JSON.stringify(made)}\n`, 0o600);
      return new ManifestKey(made);
    }
    const parsed = SigningJwk.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new Error(`${path} is no Ed25519 key: ${describeProblems(fieldProblems(parsed.error))}`);
    }
    return new ManifestKey(parsed.data);
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
