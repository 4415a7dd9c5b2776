import { MIGRATIONS } from '@hamon/migrations';
import { DataSource } from 'typeorm';

/** Any constant will do, the same in every release: replicas that start together take turns. */
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
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations();
  } finally {
    // The lock belongs to the session and goes with it.
    await guard.release();
    await source.destroy();
  }
}
