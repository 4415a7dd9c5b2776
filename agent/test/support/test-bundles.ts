import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundleDocument } from '@hamon/contracts';
import { encodePng } from '@hamon/inference';
import { bundleDocument, writeBundle, type TinyModelOptions } from '@hamon/testing';

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hamon-agent-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Dark images are `low` and bright ones `high` to the tiny model; `bias` makes versions differ in bytes. */
export async function tinyBundle(
  folder: string,
  version: string,
  model: TinyModelOptions = {},
  overrides: Partial<BundleDocument> = {},
): Promise<string> {
  const path = join(folder, `bundle-${version}-${Math.random().toString(36).slice(2, 8)}`);
  await writeBundle(path, bundleDocument({ version, ...overrides }), model);
  return path;
}

/** Grey images from black to white. */
export async function greyImages(folder: string, count = 16): Promise<string> {
  const path = join(folder, 'images');
  await mkdir(path, { recursive: true });
  for (let i = 0; i < count; i += 1) {
    const pixels = new Uint8Array(64).fill(Math.round((i * 255) / (count - 1)));
    await writeFile(join(path, `${i}.png`), await encodePng(pixels, { width: 8, height: 8, channels: 1 }));
  }
  return path;
}
