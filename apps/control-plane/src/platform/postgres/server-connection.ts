import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

const USER = 'hamon';
const DATABASE = 'hamon';

interface Address {
  readonly port: number;
  readonly password: string;
}

/** Who answers at an address: nobody yet, another server, the folder's server, or one that started under its former path. */
export type Answer = 'nobody' | 'somebody' | 'ours' | 'ours by a former path' | 'another password';

const urlOf = ({ port, password }: Address, database: string): string =>
  `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A connection that is cut while idle must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const PROBE = 'hamon.probe';

/**
 * Asks the server that answers for a word that was just written into the data folder: a copy's server has the same password,
 * the same identifiers, and in a container even the same path.
 */
export async function probing<T>(
  dataFolder: string,
  work: (ask: (address: Address) => Promise<Answer>) => Promise<T>,
): Promise<T> {
  const word = randomBytes(16).toString('hex');
  const path = join(dataFolder, PROBE);
  await writeFile(path, word, { mode: 0o644 });
  try {
    return await work((address) => whoAnswers(address, dataFolder, word));
  } finally {
    await rm(path, { force: true });
  }
}

async function whoAnswers(address: Address, dataFolder: string, word: string): Promise<Answer> {
  try {
    const [row] = await withClient(urlOf(address, 'postgres'), async (client) => {
      const { rows } = await client.query<{ word: string | null; folder: string }>(
        `SELECT pg_read_file($1, 0, 64, true) AS word, current_setting('data_directory') AS folder`,
        [PROBE],
      );
      return rows;
    });
    if (row?.word !== word) return 'somebody';
    return row.folder === dataFolder ? 'ours' : 'ours by a former path';
  } catch (cause) {
    // invalid_password; any other error is a server that starts or stops: the caller asks again until its deadline.
    return cause instanceof pg.DatabaseError && cause.code === '28P01' ? 'another password' : 'nobody';
  }
}

/** Makes our database where it is missing; answers its URL. */
export async function ensureDatabase(address: Address): Promise<string> {
  await withClient(urlOf(address, 'postgres'), async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
  return urlOf(address, DATABASE);
}
