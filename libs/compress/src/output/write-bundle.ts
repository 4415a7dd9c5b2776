import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleDocument } from '@hamon/contracts';
import { validateBundle } from '@hamon/inference';
import { CompressError } from '../errors.js';
import type { SourceBundle } from '../source/compress-source.js';
import type { OutputFolder } from './output-folder.js';

/**
 * Makes the output folder a bundle that can be pushed: the source's `bundle.json` with all variants, its images, and
 * what validation adds, each variant's own golden expectations among it.
 * @param variants files in the folder already, the original `fp32` first
 * @throws CompressError `result-refused` where a variant breaks a budget or the original its golden samples; `cancelled`
 */
export async function writeBundle(
  folder: OutputFolder,
  { dir, document }: SourceBundle,
  variants: readonly { readonly name: string; readonly file: string }[],
  signal?: AbortSignal,
): Promise<void> {
  const original = document.variants.find(({ name }) => name === 'fp32');
  const draft: BundleDocument = {
    ...document,
    variants: variants.map(({ name, file }) =>
      name === 'fp32' && original?.golden !== undefined
        ? { name, file, golden: original.golden }
        : { name, file },
    ),
  };
  const images = [...(draft.golden ?? []), ...(original?.golden ?? [])].map(({ file }) => file);
  for (const file of new Set([...images, ...(draft.baseline === undefined ? [] : [draft.baseline])]))
    await folder.write(file, await readFile(join(dir, file)));
  await folder.write('bundle.json', json(draft));

  const validated = await validateBundle(folder.draft, signal === undefined ? {} : { signal }).catch(
    (cause: unknown) => {
      if (signal?.aborted !== true) throw cause;
      throw new CompressError('cancelled', 'the work was cancelled', { cause });
    },
  );
  if (!validated.ok)
    throw new CompressError('result-refused', `the result is no valid bundle: ${validated.error.detail}`);
  for (const [file, bytes] of validated.value.newFiles) await folder.write(file, bytes);
  await folder.write('bundle.json', json(validated.value.bundle));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
