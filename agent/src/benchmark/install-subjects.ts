import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchmarkTask, BundleRef } from '@hamon/contracts';
import { InferenceError } from '@hamon/inference';
import { AgentError } from '../agent-error.js';
import type { BundleStore } from '../adapters/bundle-store.js';
import type { ChunkFetcher } from '../core/chunk-fetcher.js';
import type { Subject } from './subject.js';

export interface InstallParts {
  readonly bundles: BundleStore;
  readonly fetcher: ChunkFetcher;
  readonly freeBytes: () => Promise<number>;
  readonly minFreeBytes: number;
  /** After each variant. */
  readonly onInstalled: (variant: string) => void;
}

/**
 * Gets every variant's bundle into a folder of its own, beside those of the slots. Resumes where it was interrupted.
 *
 * @throws AgentError `disk-full` before anything is written that would take what the device's own work needs,
 * `chunk-unavailable`; InferenceError `bundle-invalid`; ContentError; the signal's reason
 */
export async function installSubjects(
  { model, version, variants }: BenchmarkTask,
  parts: InstallParts,
  signal: AbortSignal,
): Promise<readonly Subject[]> {
  const { bundles, onInstalled } = parts;
  const subjects: Subject[] = [];
  for (const { variant, bundle } of variants) {
    if (!(await bundles.has(bundle.sha256))) await install(variant, bundle, parts, signal);
    const document = await bundles.verified(bundle.sha256);
    const file = document.variants.find(({ name }) => name === variant)?.file;
    if (document.model !== model || document.version !== version || file === undefined) {
      const named = `${document.model}@${document.version}`;
      throw new InferenceError(
        'bundle-invalid',
        `the bundle is of ${named}, not ${model}@${version} ${variant}`,
      );
    }
    const folder = bundles.pathOf(bundle.sha256);
    const modelPath = join(folder, file);
    const { size } = await stat(modelPath);
    subjects.push({ variant, bundle: bundle.sha256, folder, document, modelPath, modelBytes: size });
    onInstalled(variant);
  }
  return subjects;
}

async function install(
  variant: string,
  bundle: BundleRef,
  parts: InstallParts,
  signal: AbortSignal,
): Promise<void> {
  const { bundles, fetcher } = parts;
  await checkSpace(parts, variant, [bundle]);
  if (!(await bundles.index(bundle))) await fetcher.fetch(bundle.chunks, () => undefined, signal);
  const index = await bundles.index(bundle);
  if (!index) throw new AgentError('storage-error', `the index of ${variant} was damaged on disk`);
  const missing = await bundles.missing(index);
  await checkSpace(parts, variant, [...missing, ...index.files]);
  await fetcher.fetch(missing, () => undefined, signal);
  await bundles.assemble(bundle.sha256, index, signal);
  // What is in the folder need not lie beside it a second time.
  await bundles.chunks.keepOnly(new Set());
}

async function checkSpace(
  { freeBytes, minFreeBytes }: InstallParts,
  variant: string,
  parts: readonly { readonly length: number }[],
): Promise<void> {
  const wanted = parts.reduce((sum, { length }) => sum + length, 0) + minFreeBytes;
  const free = await freeBytes();
  if (free >= wanted) return;
  const mb = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1);
  throw new AgentError('disk-full', `${variant}: ${mb(wanted)} MB are needed, ${mb(free)} MB are free`);
}
