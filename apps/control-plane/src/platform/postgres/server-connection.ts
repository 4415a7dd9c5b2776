import pg from 'pg';

const USER = 'hamon';
const DATABASE = 'hamon';

interface Address {
  readonly port: number;
  readonly password: string;
}

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

/** Does the server of exactly this folder answer there? */
export async function tryConnect(address: Address, dataFolder: string): Promise<boolean> {
  try {
    const { rows } = await withClient(urlOf(address, 'postgres'), (client) =>
      client.query<{ data_directory: string }>('SHOW data_directory'),
    );
    return rows[0]?.data_directory === dataFolder;
  } catch {
    // Starting, stopping, or somebody else on this port: the caller asks again until its deadline.
    return false;
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
