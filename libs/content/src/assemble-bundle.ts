import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { BundleIndex, ChunkRef, IndexedFile } from '@hamon/contracts';
import type { ChunkSource } from './chunk-source.js';
import { ContentError, describingFaults } from './content-error.js';
import { nodeDisk, type Disk } from './disk.js';
import { writing } from './file-io.js';
import { encodeIndex, indexDigest, parseIndex } from './index-codec.js';
import { INSTALLED_INDEX, readInstalledIndex, verifyBundle } from './verify-bundle.js';

/**
 * Builds a bundle's folder of local chunks: everything is written beside it, synced, and only then renamed to its name,
 * so that at any moment the folder is either absent or whole. Repeating it is safe: a folder that already verifies is
 * left alone, a damaged one is replaced, and what a killed process left behind is removed.
 *
 * @param target the bundle's folder; `<target>.partial` beside it is used while writing
 * @param signal stops between two chunks
 * @throws ContentError `missing-chunk` (fetch it and come again), `digest-mismatch`, `disk-full`, `io`, `invalid-index`
 */
export async function assembleBundle(
  index: BundleIndex,
  sources: readonly ChunkSource[],
  target: string,
  { disk = nodeDisk, signal }: { readonly disk?: Disk; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const bytes = encodeIndex(index);
  // The rules beyond the schema hold for an index from any hand, not only for a parsed one.
  parseIndex(bytes, indexDigest(index));
  if (await isInstalled(index, target, disk)) return;
  const partial = `${target}.partial`;
  await describingFaults(`assembling ${target}`, async () => {
    await disk.remove(partial);
    try {
      await disk.makeFolder(partial);
      const folders = new Set([partial]);
      for (const file of index.files) {
        const path = join(partial, file.path);
        for (let folder = dirname(path); folder.length > partial.length; folder = dirname(folder)) {
          folders.add(folder);
        }
        await disk.makeFolder(dirname(path));
        await writeFile(file, path, sources, disk, signal);
      }
      await writing(disk, join(partial, INSTALLED_INDEX), (file) => file.write(bytes));
      for (const folder of folders) await disk.syncFolder(folder);
      // A damaged folder of that name goes first: a rename replaces no folder that holds files.
      await disk.remove(target);
      await disk.rename(partial, target);
      await disk.syncFolder(dirname(target));
    } catch (cause) {
      // Chunks stay in their store; a half-written copy of them would only keep a full disk full.
      await disk.remove(partial).catch(() => undefined);
      throw cause;
    }
  });
}

async function isInstalled(index: BundleIndex, target: string, disk: Disk): Promise<boolean> {
  try {
    await readInstalledIndex(target, indexDigest(index), disk);
    await verifyBundle(target, index, disk);
    return true;
  } catch (cause) {
    if (cause instanceof ContentError && cause.code !== 'io') return false;
    throw cause;
  }
}

async function writeFile(
  indexed: IndexedFile,
  path: string,
  sources: readonly ChunkSource[],
  disk: Disk,
  signal: AbortSignal | undefined,
): Promise<void> {
  const whole = createHash('sha256');
  await writing(disk, path, async (file) => {
    for (const chunk of indexed.chunks) {
      signal?.throwIfAborted();
      const bytes = await readFromAny(chunk, sources);
      whole.update(bytes);
      await file.write(bytes);
    }
  });
  if (whole.digest('hex') !== indexed.sha256) {
    throw new ContentError(
      'digest-mismatch',
      `"${indexed.path}": its chunks do not make the file of the index`,
    );
  }
}

async function readFromAny(chunk: ChunkRef, sources: readonly ChunkSource[]): Promise<Uint8Array> {
  for (const source of sources) {
    if (!(await source.has(chunk))) continue;
    try {
      return await source.read(chunk);
    } catch (cause) {
      // Damaged there; another source may have it whole.
      if (!(cause instanceof ContentError) || cause.code !== 'missing-chunk') throw cause;
    }
  }
  throw new ContentError('missing-chunk', `chunk ${chunk.sha256} is in no local source`);
}
