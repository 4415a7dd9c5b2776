import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The old file or the new one, never a part of it; on return the new one, also after a power cut. */
export async function writeFileAtomically(path: string, content: string, mode: number): Promise<void> {
  const partial = `${path}.${randomUUID()}`;
  try {
    const file = await open(partial, 'wx', mode);
    try {
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
  await syncFolder(dirname(path));
}

/** A name lasts once its folder is synced: a fleet pins the key behind `keys/manifest.jwk` a moment after it is made. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
