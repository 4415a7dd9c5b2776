import type { DataSource } from 'typeorm';
import type { DeviceDirectory, KnownDevice } from './device-directory.js';

/** The devices of the database. */
export class SqlDeviceDirectory implements DeviceDirectory {
  constructor(private readonly database: DataSource) {}

  async find(device: string): Promise<KnownDevice | undefined> {
    const [row] = await this.database.query<KnownDevice[]>(
      `SELECT fleet, public_key AS "publicKey" FROM devices WHERE id = $1 AND retired_at IS NULL`,
      [device],
    );
    return row;
  }

  async barred(devices: readonly string[]): Promise<readonly string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT asked.id FROM unnest($1::text[]) AS asked (id)
       LEFT JOIN devices d ON d.id = asked.id AND d.retired_at IS NULL
       WHERE d.id IS NULL`,
      [devices],
    );
    return rows.map(({ id }) => id);
  }
}
