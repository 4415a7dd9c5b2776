import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleDocument } from '@hamon/contracts';
import { EXAMPLE } from './root.js';

export const exampleBundle = (version: '1.0.0' | '2.0.0'): string => join(EXAMPLE, 'bundles', version);

export const readDocument = async (folder: string): Promise<BundleDocument> =>
  BundleDocument.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));

/** A copy of the example's 2.0.0 under another version, changed by `change`, past the document's own rules too. */
export async function changedBundle(
  folder: string,
  version: string,
  change: (document: BundleDocument, folder: string) => void | Promise<void> = () => undefined,
): Promise<string> {
  await cp(exampleBundle('2.0.0'), folder, { recursive: true });
  const document: BundleDocument = { ...(await readDocument(folder)), version };
  await change(document, folder);
  await writeFile(join(folder, 'bundle.json'), JSON.stringify(document));
  return folder;
}
