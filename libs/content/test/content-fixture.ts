import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChunkRef } from '@hamon/contracts';
import { buildIndex, type BuiltIndex } from '../src/build-index.js';
import { ChunkStore } from '../src/chunk-store.js';
import { digestOf } from '../src/digest.js';
import { nodeDisk, type Disk } from '../src/disk.js';
import { readRange } from '../src/file-io.js';

export { temporaryFolder } from '@hamon/testing';

export type Files = Readonly<Record<string, Uint8Array>>;

/** A bundle of a little more than two chunks of weights. */
export const someFiles = (): Files => ({
  'bundle.json': Buffer.from('{"schema":"hamon.bundle/1"}'),
  'model.fp32.onnx': randomBytes(300_000),
  'golden/0.png': randomBytes(2_000),
});

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

export async function builtFrom(folder: string, files: Files): Promise<BuiltIndex> {
  await writeFiles(folder, files);
  return buildIndex(Object.keys(files).map((path) => ({ path, source: join(folder, path) })));
}

/** All chunks of the bundle's files, with their bytes. */
export async function chunksOf(folder: string, { index }: BuiltIndex): Promise<[ChunkRef, Uint8Array][]> {
  const chunks: [ChunkRef, Uint8Array][] = [];
  for (const file of index.files) {
    let offset = 0;
    for (const chunk of file.chunks) {
      chunks.push([chunk, await readRange(nodeDisk, join(folder, file.path), offset, chunk.length)]);
      offset += chunk.length;
    }
  }
  return chunks;
}

export async function filledStore(folder: string, chunks: [ChunkRef, Uint8Array][], disk: Disk = nodeDisk) {
  const store = await ChunkStore.open(folder, { maxBytes: 1e9, disk });
  for (const [chunk, bytes] of chunks) await store.put(chunk, bytes);
  return store;
}

/** Every file below a folder by its digest: a comparison of long buffers would take most of a test's time. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: Record<string, string> = {};
  for (const path of files.sort()) found[path.slice(folder.length + 1)] = digestOf(await readFile(path));
  return found;
}
