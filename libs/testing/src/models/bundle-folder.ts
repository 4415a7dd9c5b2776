import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleDocument } from '@hamon/contracts';
import { tinyModel, type TinyModelOptions } from './tiny-model.js';

/** A valid document for `tinyModel()` as it is by default; override what a test is about. */
export function bundleDocument(overrides: Partial<BundleDocument> = {}): BundleDocument {
  return {
    schema: 'hamon.bundle/1',
    model: 'tiny',
    version: '1.0.0',
    task: 'classification',
    input: {
      name: 'image',
      layout: 'NCHW',
      width: 8,
      height: 8,
      channels: 1,
      dtype: 'float32',
      resize: 'stretch',
      scale: 1 / 255,
      mean: [0.5],
      std: [0.25],
    },
    output: { name: 'scores', activation: 'softmax', labels: ['low', 'middle', 'high'] },
    variants: [{ name: 'fp32', file: 'model.fp32.onnx' }],
    budgets: { p95Ms: 1000, rssMb: 1000 },
    ...overrides,
  };
}

/** Writes a bundle folder: `bundle.json`, the tiny model as every variant's file, and other files by path. */
export async function writeBundle(
  dir: string,
  bundle: BundleDocument,
  model: TinyModelOptions = {},
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  const bytes = tinyModel(model);
  const models = Object.fromEntries(bundle.variants.map(({ file }) => [file, bytes]));
  const all = { ...models, ...files, 'bundle.json': Buffer.from(JSON.stringify(bundle)) };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}
