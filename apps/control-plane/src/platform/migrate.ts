import { MIGRATIONS } from '@hamon/migrations';
import { DataSource, type QueryRunner } from 'typeorm';

/** Any constant, the same in every release: replicas that start together take turns. */
const MIGRATION_LOCK = 7_240_110;

/** Brings the database to the newest schema. */
export async function migrate(url: string): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'all',
  });
  await source.initialize();
  const guard = source.createQueryRunner();
  try {
    await requireVersion(guard);
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations();
  } finally {
    // The lock belongs to the session and ends with it.
    await guard.release();
    await source.destroy();
  }
}

const OLDEST_VERSION = 15;

async function requireVersion(runner: QueryRunner): Promise<void> {
  const [row] = (await runner.query('SHOW server_version_num')) as { server_version_num: string }[];
  const version = Math.floor(Number(row?.server_version_num) / 10_000);
  if (version < OLDEST_VERSION) {
    throw new Error(`DATABASE_URL names a PostgreSQL ${version}; ${OLDEST_VERSION} or newer is needed`);
  }
}
