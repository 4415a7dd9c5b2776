import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeFile } from '@hamon/content';
import { processIdentity } from './process-identity.js';

export interface DataFolder {
  readonly path: string;
  /** Emptied at each start: nothing in it is worth keeping. */
  readonly temporary: string;
  release(): Promise<void>;
}

/**
 * Takes HAMON_DATA for this process. Two control planes on one folder would stop each other's database; a lock left
 * behind by a killed process is taken over.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  // Others may pass through (the embedded database runs under another account), but not look: secrets have modes of
  // their own.
  await mkdir(path, { recursive: true, mode: 0o711 });
  const lock = join(path, 'lock');
  await takeLock(lock, path);
  const temporary = join(path, 'tmp');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });
  return { path, temporary, release: () => rm(lock, { force: true }) };
}

async function takeLock(lock: string, path: string): Promise<void> {
  const holder = await takeFile({
    path: lock,
    owner: processIdentity(process.pid) ?? String(process.pid),
    mode: 0o600,
    isHeld: (owner) => owner !== '' && owner === processIdentity(Number.parseInt(owner, 10)),
  });
  if (holder !== undefined) {
    throw new Error(`another control plane (process ${Number.parseInt(holder, 10)}) uses ${path}`);
  }
}
