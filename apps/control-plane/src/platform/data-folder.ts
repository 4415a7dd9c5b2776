import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
  const mine = processIdentity(process.pid) ?? String(process.pid);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const file = await open(lock, 'wx', 0o600);
      await file.writeFile(mine);
      await file.close();
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = await readFile(lock, 'utf8').catch(() => '');
    const pid = Number.parseInt(owner, 10);
    if (owner !== '' && owner === processIdentity(pid)) {
      throw new Error(`another control plane (process ${pid}) uses ${path}`);
    }
    await rm(lock, { force: true });
  }
  throw new Error(`cannot take ${lock}`);
}
