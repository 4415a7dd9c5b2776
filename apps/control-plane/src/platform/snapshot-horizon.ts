import type { DataSource } from 'typeorm';
import { must } from './errors.js';

/** The oldest transaction that still runs, as this one sees it: rows of all transactions below it are final. */
export async function snapshotHorizon(database: Pick<DataSource, 'query'>): Promise<bigint> {
  const [row] = await database.query<{ horizon: string }[]>(
    `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon`,
  );
  return BigInt(must(row, 'a transaction horizon').horizon);
}
