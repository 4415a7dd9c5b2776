import type { DataSource } from 'typeorm';
import { FairTurns } from '../platform/fair-turns.js';
import type { ConnectedDevice, DeviceDirectory, KnownDevice } from './device-directory.js';

/** The devices of the database. */
export class SqlDeviceDirectory implements DeviceDirectory {
  private readonly turns: FairTurns;

  /** @param connections of the database that look-ups hold at once: a fleet that comes back at once leaves some to others */
  constructor(
    private readonly database: DataSource,
    connections: number,
  ) {
    // As many wait as are being let in by the broker, which has a limit of its own.
    this.turns = new FairTurns({
      ...{ atOnce: connections, atOnceEach: connections },
      ...{ waiting: Infinity, waitingEach: Infinity },
    });
  }

  async find(device: string): Promise<KnownDevice | undefined> {
    const end = await this.turns.take('connects', 'connects');
    try {
      return await this.query(device);
    } finally {
      end?.();
    }
  }

  private async query(device: string): Promise<KnownDevice | undefined> {
    const [row] = await this.database.query<KnownDevice[]>(
      `SELECT fleet, public_key AS "publicKey" FROM devices WHERE id = $1 AND retired_at IS NULL`,
      [device],
    );
    return row;
  }

  async barred(devices: readonly ConnectedDevice[]): Promise<readonly string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT asked.id FROM unnest($1::text[], $2::text[]) AS asked (id, key)
       LEFT JOIN devices d ON d.id = asked.id AND d.retired_at IS NULL AND d.public_key ->> 'x' = asked.key
       WHERE d.id IS NULL`,
      [devices.map(({ device }) => device), devices.map(({ key }) => key)],
    );
    return rows.map(({ id }) => id);
  }
}
