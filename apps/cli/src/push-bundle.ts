import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  BundleDocument,
  type BundleFile,
  describeProblems,
  fieldProblems,
  VersionView,
} from '@hamon/contracts';
import type { ApiClient } from './api-client.js';
import type { VersionRef } from './version-ref.js';

/** A bundle folder that cannot be pushed as it is; nothing was sent. */
export class BundleError extends Error {}

export interface PushedVersion {
  readonly version: VersionView;
  readonly uploadedBytes: number;
  readonly presentBytes: number;
}

/** Checks a bundle folder, uploads the files that the server lacks, and creates the version. */
export async function pushBundle(
  api: ApiClient,
  ref: VersionRef,
  folder: string,
  onFile: (file: BundleFile, outcome: 'uploaded' | 'present') => void = () => undefined,
): Promise<PushedVersion> {
  const bundle = await readBundleDocument(folder);
  if (bundle.model !== ref.model || bundle.version !== ref.version) {
    throw new BundleError(
      `bundle.json says ${bundle.model}@${bundle.version}, but ${ref.model}@${ref.version} was to be pushed`,
    );
  }
  const files: BundleFile[] = [];
  for (const path of filesOf(bundle)) files.push(await describeFile(folder, path));
  const bytes = { uploaded: 0, present: 0 };
  for (const file of files) {
    const outcome = await api.uploadArtifact(join(folder, file.path), file.sha256, file.length);
    bytes[outcome] += file.length;
    onFile(file, outcome);
  }
  const version = await api.post(
    `/v1/models/${ref.model}/versions`,
    { version: ref.version, bundle, files },
    VersionView,
  );
  return { version, uploadedBytes: bytes.uploaded, presentBytes: bytes.present };
}

async function readBundleDocument(folder: string): Promise<BundleDocument> {
  const path = join(folder, 'bundle.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new BundleError(`cannot read ${path}; is ${folder} a bundle folder?`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BundleError(`${path} is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  const parsed = BundleDocument.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new BundleError(`${path}: ${describeProblems(fieldProblems(parsed.error))}`);
}

function filesOf(bundle: BundleDocument): string[] {
  const golden = [...(bundle.golden ?? []), ...bundle.variants.flatMap((variant) => variant.golden ?? [])];
  return [
    ...new Set([
      ...bundle.variants.map(({ file }) => file),
      ...golden.map(({ file }) => file),
      ...(bundle.baseline ? [bundle.baseline] : []),
    ]),
  ].sort();
}

async function describeFile(folder: string, path: string): Promise<BundleFile> {
  const full = join(folder, path);
  const stat = await lstat(full).catch((cause: unknown) => {
    throw new BundleError(`bundle.json names ${path}, which is not in ${folder}`, { cause });
  });
  // A link may lead anywhere; what is pushed must be what lies in the folder.
  if (!stat.isFile() || !(await realpath(full)).startsWith((await realpath(folder)) + sep)) {
    throw new BundleError(`${path} must be a regular file inside the bundle folder`);
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(full), hash);
  return { path, sha256: hash.digest('hex'), length: stat.size };
}
