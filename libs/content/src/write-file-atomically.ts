import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeDisk } from './disk.js';

let writes = 0;

/**
 * Writes a small file: the old bytes or the new ones are there, never a part; on return the new ones, also after a power
 * cut. Whoever writes at the same time writes a file of its own, and the last one stays.
 *
 * @param mode of the file, whatever the umask: it must neither widen nor narrow a secret's
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  // Named alike after a restart: one killed in the midst of it over and over leaves no more than a few of them.
  writes += 1;
  const partial = `${path}.${process.pid}-${writes}.partial`;
  try {
    const file = await open(partial, 'w', mode);
    try {
      await chmod(partial, mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
  // A name lasts once its folder is synced.
  await nodeDisk.syncFolder(dirname(path));
}
