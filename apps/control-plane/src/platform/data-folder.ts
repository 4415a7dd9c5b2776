import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '@hamon/content';
import {
  findFolder,
  settledIdentity,
  writeIdentity,
  type FolderIdentity,
  type FoundFolder,
} from './instance/folder-identity.js';
import type { Log } from './log.js';

export interface DataFolder {
  readonly path: string;
  readonly identity: FolderIdentity;
  /** Emptied at each start: nothing in it is worth keeping. */
  readonly temporary: string;
  readonly release: () => Promise<void>;
}

/**
 * Takes HAMON_DATA for this process. Two control planes on one folder would stop each other's database. A lock left
 * behind by a killed process is taken over, and one that was copied with the folder does not count.
 */
export async function openDataFolder(path: string, log: Log): Promise<DataFolder> {
  // Others may pass through (the embedded database runs under another account), but not list it: secrets have modes of
  // their own.
  await mkdir(path, { recursive: true, mode: 0o711 });
  const folder = await realpath(path);
  const lock = await takeLock(join(folder, 'lock'), lockOfOriginal(await findFolder(folder)));
  if ('heldBy' in lock) throw new Error(`another control plane (process ${lock.heldBy}) uses ${path}`);
  try {
    // Read again: the former holder of the lock may have settled it.
    const identity = await settle(folder, await findFolder(folder), log);
    const temporary = join(folder, 'tmp');
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { mode: 0o700 });
    return { path: folder, identity, temporary, release: lock.release };
  } catch (cause) {
    await lock.release();
    throw cause;
  }
}

function lockOfOriginal({ whereabouts, known }: FoundFolder): { copyOf?: string } {
  return whereabouts === 'copied' && known ? { copyOf: join(known.home, 'lock') } : {};
}

async function settle(folder: string, found: FoundFolder, log: Log): Promise<FolderIdentity> {
  const identity = settledIdentity(found, folder);
  if (found.whereabouts === 'at home') return identity;
  const from = { folder, from: found.known?.home };
  if (found.whereabouts === 'moved') log.info('the data folder was moved', from);
  if (found.whereabouts === 'copied') {
    log.warn(
      'the data folder is a copy and goes on as an instance of its own; it signs with the same manifest key as the original',
      from,
    );
    // Two clients with one id cut each other off for ever.
    await rm(join(folder, 'broker-client-id'), { force: true });
  }
  await writeIdentity(folder, identity);
  return identity;
}
