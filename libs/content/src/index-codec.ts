import { BundleIndex, describeProblems, fieldProblems } from '@hamon/contracts';
import canonicalize from 'canonicalize';
import { ContentError } from './content-error.js';
import { digestOf } from './digest.js';

/** An index in canonical JSON (RFC 8785): equal indexes are equal bytes, so that their digest names the bundle. */
export function encodeIndex(index: BundleIndex): Uint8Array {
  return new TextEncoder().encode(canonicalize(BundleIndex.parse(index)));
}

/** The bundle digest: SHA-256 of the index in canonical JSON. */
export const indexDigest = (index: BundleIndex): string => digestOf(encodeIndex(index));

/**
 * An index as received. The digest is checked before a single byte is interpreted.
 *
 * @throws ContentError `digest-mismatch`, or `invalid-index` where signed bytes are not a canonical, well-formed index
 */
export function parseIndex(bytes: Uint8Array, digest: string): BundleIndex {
  if (digestOf(bytes) !== digest) {
    throw new ContentError('digest-mismatch', `index ${digest}: its bytes have another digest`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ContentError('invalid-index', `index ${digest} is not JSON`, { cause });
  }
  const parsed = BundleIndex.safeParse(json);
  if (!parsed.success) {
    const problems = describeProblems(fieldProblems(parsed.error));
    throw new ContentError('invalid-index', `index ${digest}: ${problems}`, { cause: parsed.error });
  }
  // Two spellings of one index would be two digests of one bundle.
  if (indexDigest(parsed.data) !== digest) {
    throw new ContentError('invalid-index', `index ${digest} is not in canonical form`);
  }
  const paths = new Set(parsed.data.files.map(({ path }) => path));
  for (const path of paths) {
    const parent = parentsOf(path).find((folder) => paths.has(folder));
    if (parent)
      throw new ContentError('invalid-index', `index ${digest}: "${parent}" is a file and a folder`);
  }
  return parsed.data;
}

function parentsOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, i) => segments.slice(0, i + 1).join('/'));
}
