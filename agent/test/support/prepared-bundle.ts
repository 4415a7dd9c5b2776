import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { buildIndex, listFolder, type BuiltIndex } from '@hamon/content';
import { readBundle } from '@hamon/inference';

/** A bundle as the control plane would have prepared it. */
export interface PreparedBundle {
  readonly built: BuiltIndex;
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly chunks: ReadonlyMap<string, Uint8Array>;
}

/** Reads a bundle folder; nothing is published yet. */
export async function prepareBundle(folder: string): Promise<PreparedBundle> {
  const bundle = await readBundle(folder);
  if (!bundle.ok) throw new Error(bundle.error.detail);
  const files = (await listFolder(folder)).map(({ path }) => ({ path, source: join(folder, path) }));
  const built = await buildIndex(files);
  const chunks = new Map<string, Uint8Array>();
  for (const file of built.index.files) {
    const handle = await open(join(folder, file.path));
    let offset = 0;
    for (const { sha256, length } of file.chunks) {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
      chunks.set(sha256, buffer);
      offset += length;
    }
    await handle.close();
  }
  let offset = 0;
  for (const { sha256, length } of built.ref.chunks) {
    chunks.set(sha256, built.bytes.subarray(offset, offset + length));
    offset += length;
  }
  const { model, version, variants } = bundle.value;
  return { built, model, version, variant: variants[0]?.name ?? '', chunks };
}
