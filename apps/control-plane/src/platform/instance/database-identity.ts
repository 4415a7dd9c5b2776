import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { hadOwnDatabase, type FolderIdentity } from './folder-identity.js';

/** What a database was before this start touches it. */
export type FoundDatabase =
  | { readonly kind: 'empty' }
  /** Written by a release that named none, or restored from a dump of such a database. */
  | { readonly kind: 'unnamed' }
  | { readonly kind: 'named'; readonly id: string };

const REMOVE = 'remove HAMON_DATA/identity.json';

/**
 * The sentence that refuses a start with DATABASE_URL, or undefined. Checked before any migration: another instance's
 * database is left untouched. A folder that belongs to no database yet joins the given one: that is how a replica begins.
 */
export function databaseFault(folder: FolderIdentity, found: FoundDatabase): string | undefined {
  const { database } = folder;
  if (database === null || found.kind === 'unnamed') return undefined;
  if (found.kind === 'named') {
    if (found.id === database) return undefined;
    return (
      `DATABASE_URL names the database of another instance (${found.id}) than the one that HAMON_DATA belongs to ` +
      `(${database}): give that one, or another HAMON_DATA; or ${REMOVE} to have this folder join this database`
    );
  }
  const own = hadOwnDatabase(folder) ? ', its embedded one' : '';
  return (
    `DATABASE_URL names an empty database, but HAMON_DATA belongs to one with content (${database}${own}): ` +
    `restore its dump there first; or ${REMOVE} to begin with nothing`
  );
}

/** The sentence that refuses a start without DATABASE_URL, or undefined. Checked before an embedded database is made. */
export function missingUrlFault(folder: FolderIdentity): string | undefined {
  if (folder.database === null || hadOwnDatabase(folder)) return undefined;
  return (
    `HAMON_DATA belongs to a database that DATABASE_URL named (${folder.database}), and DATABASE_URL is not set: ` +
    `set it; or ${REMOVE} to go on with an embedded database`
  );
}

export const lookAtDatabase = (url: string): Promise<FoundDatabase> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ migrated: boolean; named: boolean }>(
      `SELECT to_regclass('migrations') IS NOT NULL AS migrated, to_regclass('instance') IS NOT NULL AS named`,
    );
    if (!rows[0]?.migrated) return { kind: 'empty' };
    const id = rows[0].named ? await nameOf(client) : undefined;
    return id === undefined ? { kind: 'unnamed' } : { kind: 'named', id };
  });

/** Names a database that has no name; answers its name. Replicas that start together agree. */
export const nameDatabase = (url: string, wanted: string | null): Promise<string> =>
  withClient(url, async (client) => {
    await client.query('INSERT INTO instance (id) VALUES ($1) ON CONFLICT DO NOTHING', [
      wanted ?? randomUUID(),
    ]);
    const id = await nameOf(client);
    if (id === undefined) throw new Error('the database has no name although it was just given one');
    return id;
  });

/** Gives the embedded database its folder's name, whatever it had: a copy still has the original's. */
export const renameDatabase = (url: string, id: string): Promise<string> =>
  withClient(url, async (client) => {
    await client.query('INSERT INTO instance (id) VALUES ($1) ON CONFLICT (one) DO UPDATE SET id = $1', [id]);
    return id;
  });

async function nameOf(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM instance');
  return rows[0]?.id;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'hamon' });
  // A connection that is cut while idle must not end the process; the current query fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
