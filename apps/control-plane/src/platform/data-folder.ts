import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '@hamon/content';

export interface DataFolder {
  readonly path: string;
  /** Emptied at each start: nothing in it is worth keeping. */
  readonly temporary: string;
  readonly release: () => Promise<void>;
}

/**
 * Takes HAMON_DATA for this process. Two control planes on one folder would stop each other's database; a lock left
 * behind by a killed process is taken over.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  // Others may pass through (the embedded database runs under another account), but not look: secrets have modes of
  // their own.
  await mkdir(path, { recursive: true, mode: 0o711 });
  const lock = await takeLock(join(path, 'lock'));
  if ('heldBy' in lock) throw new Error(`another control plane (process ${lock.heldBy}) uses ${path}`);
  const temporary = join(path, 'tmp');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });
  return { path, temporary, release: lock.release };
}
