import { MIGRATIONS } from '@hamon/migrations';
import { DataSource } from 'typeorm';

/** A connection that can undo migrations. */
export const connected = (url: string): Promise<DataSource> =>
  new DataSource({ type: 'postgres', url, migrations: MIGRATIONS }).initialize();

/** Undoes a migration, named by its class without the time, and all after it. */
export async function undoMigration(database: DataSource, name: string): Promise<void> {
  const newestFirst = MIGRATIONS.map((migration) => migration.name).reverse();
  const count = newestFirst.findIndex((one) => one.replace(/\d+$/, '') === name) + 1;
  if (count === 0) throw new Error(`there is no migration ${name}`);
  for (let undone = 0; undone < count; undone += 1) await database.undoLastMigration();
}
