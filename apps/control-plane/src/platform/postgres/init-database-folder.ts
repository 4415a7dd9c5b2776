import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { statIfThere } from '@hamon/content';
import type { ServerAccount } from './server-account.js';

/** What an interrupted first start leaves behind. */
const UNFINISHED = 'init-';

export interface InitDatabaseFolder {
  readonly initdb: string;
  /** Its parent exists and belongs to the account. */
  readonly dataFolder: string;
  readonly password: string;
  readonly account: ServerAccount | undefined;
}

/** Makes the server's data where there is none: beside its place first, so that a power cut leaves nothing half-made there. */
export async function initDatabaseFolder({
  initdb,
  dataFolder,
  password,
  account,
}: InitDatabaseFolder): Promise<void> {
  if (await statIfThere(join(dataFolder, 'PG_VERSION'))) return;
  const parent = dirname(dataFolder);
  for (const name of await readdir(parent)) {
    if (name.startsWith(UNFINISHED)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const work = await mkdtemp(join(parent, UNFINISHED));
  const passwordFile = join(work, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(work, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const fresh = join(work, 'data');
  const args = ['-D', fresh, '-U', 'hamon', '--pwfile', passwordFile];
  args.push('--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions');
  try {
    await promisify(execFile)(initdb, args, { cwd: work, env: { LC_ALL: 'C', TZ: 'UTC' }, ...account });
    await rename(fresh, dataFolder);
  } catch (cause) {
    throw new Error('the embedded PostgreSQL could not make its data folder', { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
