import { chmod, lchown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfThere, statIfThere, writeFileAtomically } from '@hamon/content';
import type { Log } from '../log.js';
import { isServerOf, readPostmasterPid } from './postmaster-pid.js';
import { isReachable, type ServerAccount } from './server-account.js';
import {
  makeOutsideFolder,
  newServerRecord,
  readServerRecord,
  writeServerRecord,
  type ServerRecord,
} from './server-record.js';

export interface DatabasePlace {
  readonly record: ServerRecord;
  /** What PostgreSQL calls its data directory. */
  readonly dataFolder: string;
}

interface FindPlace {
  readonly folder: string;
  /** The data folder's identity: a database outside of the folder belongs to one identity only. */
  readonly owner: string;
  /** There was a database at an earlier start; making a new one would hide the loss. */
  readonly expected: boolean;
  readonly account: ServerAccount | undefined;
  readonly log: Log;
}

/**
 * Where the data folder's own database is, or is to be made. Everything is looked up in the folder where it lies now: a
 * record copied from elsewhere points nowhere.
 */
export async function findDatabasePlace(find: FindPlace): Promise<DatabasePlace> {
  const { folder, owner, account, log } = find;
  const within = join(folder, 'postgres');
  const known = await readServerRecord(folder);
  const hasWithin = (await versionIn(within)) !== undefined;
  if (!known) {
    if (hasWithin) {
      throw new Error(
        `${join(folder, 'postgres.json')}, which holds the password of the database in ${within}, is missing: ` +
          'restore it from the backup that the database is of',
      );
    }
    if (find.expected) throw new Error(lost(folder, within));
    return makePlace(within, find);
  }
  // A database put back into the folder takes precedence over one that the record looks for outside.
  const record = hasWithin ? { ...known, outside: null } : known;
  const place = record.outside ?? within;
  if (record.outside === null) await requireWay(place, account);
  else await claim(record.outside, folder, owner);
  if (!hasWithin && (find.expected || record.port > 0) && (await versionIn(place)) === undefined) {
    throw new Error(lost(folder, place));
  }
  if (hasWithin && known.outside !== null) log.info(`the database is ${within} now, not ${known.outside}`);
  await mkdir(place, { recursive: true, mode: 0o700 });
  await giveTo(account, place);
  return { record, dataFolder: join(place, 'data') };
}

const versionIn = (place: string): Promise<unknown> => statIfThere(join(place, 'data', 'PG_VERSION'));

const lost = (folder: string, place: string): string =>
  `${folder} had its database in ${place}, and there is none now: put it back from the backup; or remove ` +
  `${join(folder, 'identity.json')} and postgres.json beside it to begin with an empty one`;

async function makePlace(within: string, { folder, owner, account, log }: FindPlace): Promise<DatabasePlace> {
  const outside = (await isReachable(within, account)) ? null : await makeOutsideFolder();
  if (outside !== null) {
    log.info(`PostgreSQL's account cannot reach ${folder}; the data is kept in ${outside}`);
    await writeOwner(outside, owner);
  }
  const place = outside ?? within;
  await mkdir(place, { recursive: true, mode: 0o700 });
  await giveTo(account, place);
  const record = newServerRecord(outside);
  await writeServerRecord(folder, record);
  return { record, dataFolder: join(place, 'data') };
}

async function requireWay(place: string, account: ServerAccount | undefined): Promise<void> {
  if (await isReachable(place, account)) return;
  throw new Error(
    `PostgreSQL's account (uid ${account?.uid ?? ''}) cannot reach ${place}: let others pass through each folder ` +
      'above it (chmod o+x), or start as another user than root',
  );
}

const ownerPath = (outside: string): string => join(outside, 'owner');
const writeOwner = (outside: string, owner: string): Promise<void> =>
  writeFileAtomically(ownerPath(outside), `${owner}\n`, 0o600);

/** A folder's copy names the same place outside of it; that place stays the original's. */
async function claim(outside: string, folder: string, owner: string): Promise<void> {
  if (!(await statIfThere(outside))) return;
  const known = (await readFileIfThere(ownerPath(outside)))?.trim();
  if (known === owner) return;
  if (known !== undefined) {
    throw new Error(
      `the database in ${outside} is that of the data folder which ${folder} is a copy of: for a database of its own ` +
        `stop the original and copy ${outside} to ${join(folder, 'postgres')}`,
    );
  }
  // Of a release that named no owner: the first to start takes it, unless a server runs there.
  const running = await readPostmasterPid(join(outside, 'data'));
  if (running && (await isServerOf(running.pid, join(outside, 'data')))) {
    throw new Error(
      `a PostgreSQL (process ${running.pid}) runs on ${outside}: stop the control plane that it belongs to; if there ` +
        `is none, "kill -INT ${running.pid}"`,
    );
  }
  await writeOwner(outside, owner);
}

/** PostgreSQL demands to own its files, and a copy or an archive may have brought other ids and modes. */
async function giveTo(account: ServerAccount | undefined, place: string): Promise<void> {
  const dataFolder = join(place, 'data');
  const data = await statIfThere(dataFolder);
  if (data && (Number(data.mode) & 0o027) !== 0) await chmod(dataFolder, 0o700);
  if (!account) return;
  const uids = await Promise.all([place, ...(data ? [dataFolder] : [])].map((path) => stat(path)));
  if (uids.every(({ uid }) => uid === account.uid)) return;
  const below = await readdir(place, { recursive: true });
  // The data folder last: an interrupted run starts over.
  const paths = [...below.filter((name) => name !== 'data'), ...(data ? ['data'] : []), '.'];
  for (const name of paths) await lchown(join(place, name), account.uid, account.gid);
}
