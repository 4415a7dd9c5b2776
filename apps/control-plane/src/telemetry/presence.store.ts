import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Received } from './received.js';

interface Row {
  readonly fleet: string;
  readonly device: string;
  readonly online: boolean;
  readonly connection: string;
  /** The connection took the place of any other one, within the batch. */
  readonly taken: boolean;
}

/** Who is connected. */
@Injectable()
export class PresenceStore {
  constructor(private readonly database: DataSource) {}

  /**
   * An `offline` counts only for the connection that is on record: the will of an older one may come after the newer
   * connection's `online`. Which one that is, the batch knows after the first `online` of a device in it; for the wills
   * before it the database does, so that all of them go there.
   */
  async store(items: readonly Received<'presence'>[]): Promise<void> {
    const byDevice = new Map<string, Row[]>();
    for (const { fleet, device, message } of items) {
      const { online, connection } = message;
      const before = byDevice.get(device) ?? [];
      const known = before.find(({ taken }) => taken)?.connection;
      if (online) byDevice.set(device, [{ fleet, device, online, connection, taken: true }]);
      else if (known === undefined) before.push({ fleet, device, online, connection, taken: false });
      else if (known === connection)
        byDevice.set(device, [{ fleet, device, online, connection, taken: true }]);
      if (!byDevice.has(device)) byDevice.set(device, before);
    }
    const rows = [...byDevice.values()].flat();
    await this.database.query(
      `UPDATE devices d
       SET online = n.online,
           connection = n.connection,
           online_since = CASE
             WHEN NOT n.online THEN NULL
             WHEN d.connection = n.connection AND d.online THEN d.online_since
             ELSE now() END,
           last_seen_at = now()
       FROM jsonb_to_recordset($1::jsonb) AS n (fleet text, device text, online boolean, connection uuid,
                                               taken boolean)
       WHERE d.id = n.device AND d.fleet = n.fleet AND d.retired_at IS NULL
         AND (n.taken OR d.connection IS NULL OR d.connection = n.connection)`,
      [JSON.stringify(rows)],
    );
  }

  /** Those online ones of whom nothing came for so long are offline from now on; answers their ids. */
  async forgetUnseen(seconds: number): Promise<string[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE devices SET online = false, online_since = NULL
       WHERE online AND (last_seen_at IS NULL OR last_seen_at < now() - make_interval(secs => $1))
       RETURNING id`,
      [seconds],
    );
    return rows.map(({ id }) => id);
  }
}
