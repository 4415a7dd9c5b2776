import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BundleDocument,
  describeProblems,
  err,
  fieldProblems,
  ok,
  type DeploymentReason,
  type Result,
} from '@hamon/contracts';

/** Why a bundle, or its model, cannot be used: a code to act on and one sentence. */
export interface BundleProblem {
  readonly code: DeploymentReason;
  readonly detail: string;
}

const MAX_BUNDLE_JSON_BYTES = 1024 * 1024;

/** Reads and checks `bundle.json` of a bundle folder. Throws only where the disk fails. */
export async function readBundle(dir: string): Promise<Result<BundleDocument, BundleProblem>> {
  const path = join(dir, 'bundle.json');
  const stats = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw cause;
  });
  if (!stats?.isFile()) return invalid('the folder holds no file bundle.json');
  if (stats.size > MAX_BUNDLE_JSON_BYTES) {
    return invalid(`bundle.json has ${stats.size} bytes, at most ${MAX_BUNDLE_JSON_BYTES}`);
  }
  return parseBundle(await readFile(path, 'utf8'));
}

/** The text of a `bundle.json` → the document, or the first broken rules by field. */
export function parseBundle(text: string): Result<BundleDocument, BundleProblem> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return invalid(`bundle.json is no JSON: ${(cause as Error).message}`);
  }
  const parsed = BundleDocument.safeParse(json);
  return parsed.success
    ? ok(parsed.data)
    : invalid(`bundle.json: ${describeProblems(fieldProblems(parsed.error))}`);
}

const invalid = (detail: string): Result<never, BundleProblem> =>
  err({ code: 'bundle-invalid', detail: detail.slice(0, 500) });
