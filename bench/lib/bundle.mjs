import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleDocument } from '../../libs/contracts/dist/index.js';

/** A bundle's document and where its fp32 model lies. */
export async function readBundle(folder) {
  const bundle = BundleDocument.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
  const { file } = bundle.variants.find(({ name }) => name === 'fp32');
  return { bundle, modelPath: join(folder, file) };
}
