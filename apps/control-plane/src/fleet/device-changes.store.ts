import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * Which devices something changed of: triggers note it in the transaction of the change. A cache asks for the
 * snapshot's horizon first, and then for what changed since the former horizon. A change that was not committed by then
 * has a transaction at or above the horizon, and is found the next time.
 */
@Injectable()
export class DeviceChangesStore {
  constructor(private readonly database: DataSource) {}

  /** Devices of all fleets that this transaction or a later one changed. */
  async since(database: Pick<DataSource, 'query'>, horizon: bigint): Promise<string[]> {
    const rows = await database.query<{ device: string }[]>(
      `SELECT DISTINCT device FROM member_changes WHERE txid >= $1::xid8`,
      [horizon.toString()],
    );
    return rows.map(({ device }) => device);
  }

  /** A reader that is further behind reads everything. */
  async sweep(olderThanSeconds: number): Promise<void> {
    await this.database.query(
      `DELETE FROM member_changes WHERE at < clock_timestamp() - make_interval(secs => $1)`,
      [olderThanSeconds],
    );
  }
}
