import { join } from 'node:path';
import type { BundleIndex } from '@hamon/contracts';
import { chunkFile } from './chunk-file.js';
import { ContentError, describingFaults } from './content-error.js';
import { nodeDisk, type Disk } from './disk.js';
import { readRange } from './file-io.js';
import { parseIndex } from './index-codec.js';
import { listFolder } from './list-folder.js';

/** The index inside an installed bundle's folder. Hidden names are no bundle paths, so no file of a bundle collides. */
export const INSTALLED_INDEX = '.index.json';

const MAX_INDEX_BYTES = 8 * 1024 ** 2;

/**
 * The index that `assembleBundle` left in a bundle's folder.
 *
 * @throws ContentError `missing-file`, `digest-mismatch`, `invalid-index`, `io`
 */
export async function readInstalledIndex(
  folder: string,
  digest: string,
  disk: Disk = nodeDisk,
): Promise<BundleIndex> {
  const path = join(folder, INSTALLED_INDEX);
  const bytes = await describingFaults(`reading ${path}`, async () => {
    const entry = await disk.stat(path);
    if (entry?.kind !== 'file') throw new ContentError('missing-file', `${path} is not there`);
    if (entry.lengthBytes > MAX_INDEX_BYTES) throw new ContentError('too-large', `${path} is too large`);
    return readRange(disk, path, 0, entry.lengthBytes);
  });
  return parseIndex(bytes, digest);
}

/**
 * Is the folder exactly what the index says: each file with its length and digest, nothing else, no links?
 *
 * @throws ContentError `missing-file`, `length-mismatch`, `digest-mismatch`, `unexpected-file`, `unsafe-path`, `io`
 */
export async function verifyBundle(folder: string, index: BundleIndex, disk: Disk = nodeDisk): Promise<void> {
  const found = new Map((await listFolder(folder, disk)).map(({ path, lengthBytes }) => [path, lengthBytes]));
  for (const { path, length } of index.files) {
    const lengthBytes = found.get(path);
    if (lengthBytes === undefined) throw new ContentError('missing-file', `"${path}" is not there`);
    if (lengthBytes !== length) {
      throw new ContentError('length-mismatch', `"${path}" has ${lengthBytes} bytes, not ${length}`);
    }
    found.delete(path);
  }
  const [extra] = found.keys();
  if (extra !== undefined) throw new ContentError('unexpected-file', `"${extra}" is not in the index`);
  for (const { path, sha256 } of index.files) {
    if ((await chunkFile(join(folder, path), disk)).sha256 !== sha256) {
      throw new ContentError('digest-mismatch', `"${path}" is not the file of the index`);
    }
  }
}
