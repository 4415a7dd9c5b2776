import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleDocument, ORIGINAL_VARIANT } from '@hamon/contracts';
import { validateBundle } from '@hamon/inference';
import { CompressError } from '../errors.js';
import type { SourceBundle } from '../source/compress-source.js';
import type { OutputFolder } from './output-folder.js';

/** A variant whose file is in the folder already, and how slow it was. */
export interface BundledVariant {
  readonly name: string;
  readonly file: string;
  readonly loadMs: number;
  readonly p95Ms: number;
}

/** A trial's runs per variant, self-test (twice where it is slow) and golden samples, with as many again to spare. */
const RUNS = 400;
const LEAST_MS = 60_000;
/** Beyond it, a timer would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Makes the output folder a bundle that can be pushed: the source's `bundle.json` with all variants, its images, and
 * what validation adds, each variant's own golden expectations among it. Budgets are left to the choice of a variant: they
 * may be the very reason to look for a smaller one, and this machine is not the one that has to keep them.
 * @param variants the original first
 * @throws CompressError `result-refused` where a variant cannot be part of a bundle or the original breaks its golden
 * samples: `bundle.json` is not written then; `cancelled`
 */
export async function writeBundle(
  folder: OutputFolder,
  { dir, document }: SourceBundle,
  variants: readonly BundledVariant[],
  signal?: AbortSignal,
): Promise<void> {
  const original = document.variants.find(({ name }) => name === ORIGINAL_VARIANT);
  const draft: BundleDocument = {
    ...document,
    variants: variants.map(({ name, file }) =>
      name === ORIGINAL_VARIANT && original?.golden !== undefined
        ? { name, file, golden: original.golden }
        : { name, file },
    ),
  };
  const images = [...(draft.golden ?? []), ...(original?.golden ?? [])].map(({ file }) => file);
  for (const file of new Set([...images, ...(draft.baseline === undefined ? [] : [draft.baseline])]))
    await folder.write(file, await readFile(join(dir, file)));
  await folder.write('bundle.json', json(draft));

  const timeoutMs = variants.reduce((sum, { loadMs, p95Ms }) => sum + LEAST_MS + loadMs + RUNS * p95Ms, 0);
  const validated = await validateBundle(folder.draft, {
    budgets: 'none',
    timeoutMs: Math.min(Math.ceil(timeoutMs), MAX_TIMER_MS),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted !== true) throw cause;
    throw new CompressError('cancelled', 'the work was cancelled', { cause });
  });
  if (!validated.ok) {
    // What is left are models that can be run, and no bundle that cannot be pushed.
    for (const file of ['bundle.json', ...images]) await folder.remove(file.split('/')[0] ?? file);
    throw new CompressError('result-refused', `the result is no valid bundle: ${validated.error.detail}`);
  }
  for (const [file, bytes] of validated.value.newFiles) await folder.write(file, bytes);
  await folder.write('bundle.json', json(validated.value.bundle));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
