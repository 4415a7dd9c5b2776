import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { testRunPrefix } from './test-run.js';
import { testServer } from './test-server.js';

export interface TestDatabaseOptions {
  /** See `testServer`. */
  readonly start: (folder: string) => Promise<string>;
  /** Brings an empty database to the newest schema; done once per run, to the template. */
  readonly migrate: (url: string) => Promise<void>;
}

export interface TestDatabase {
  readonly url: string;
  /** Ends whatever is connected and removes it. */
  drop(): Promise<void>;
}

/** One at a time makes the template. */
const TEMPLATE_LOCK = 7_240_111;

/** A migrated database of one's own: a copy of a template, which takes a fraction of a second. */
export async function createTestDatabase({ start, migrate }: TestDatabaseOptions): Promise<TestDatabase> {
  const server = await testServer(start);
  const template = `${testRunPrefix()}_template`;
  const name = `${testRunPrefix()}_${randomBytes(6).toString('hex')}`;
  await withClient(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) {
      // Under another name until it is whole: a test that dies in between must not leave a half-made template.
      await client.query(`DROP DATABASE IF EXISTS ${template}_new`);
      await client.query(`CREATE DATABASE ${template}_new`);
      await migrate(urlOf(server, `${template}_new`));
      await client.query(`ALTER DATABASE ${template}_new RENAME TO ${template}`);
    }
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return {
    url: urlOf(server, name),
    drop: () =>
      withClient(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)).then(
        () => undefined,
      ),
  };
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** The lock of a session ends with it. */
async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
