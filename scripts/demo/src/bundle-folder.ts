import type { BundleDocument } from '@hamon/contracts';
import { readBundle } from '@hamon/inference';

/** One version of a model as it lies on disk. */
export interface BundleFolder {
  readonly bundle: BundleDocument;
  readonly folder: string;
}

/** @throws Error with the folder and what is wrong there */
export async function bundleFolder(folder: string): Promise<BundleFolder> {
  const bundle = await readBundle(folder);
  if (!bundle.ok) throw new Error(`${folder} is no bundle: ${bundle.error.detail}`);
  return { bundle: bundle.value, folder };
}
