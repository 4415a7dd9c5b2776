import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Received } from '../messaging/received.js';

interface Row {
  readonly fleet: string;
  readonly device: string;
  readonly online: boolean;
  readonly connection: string;
  /** The connection replaced another one within the batch. */
  readonly taken: boolean;
  readonly retained: boolean;
}

/** A connected device reports its presence every five minutes. */
export const SILENT_SECONDS = 20 * 60;

/** SQL of who is connected. */
@Injectable()
export class PresenceStore {
  constructor(private readonly database: DataSource) {}

  /**
   * An `offline` counts only for the connection that is on record: the will of an older connection may arrive after the
   * newer one's `online`. After the first `online` of a device the batch knows which connection that is. For wills
   * before it only the database knows, so all of them go there.
   */
  async store(items: readonly Received<'presence'>[]): Promise<void> {
    const byDevice = new Map<string, Row[]>();
    for (const { fleet, device, message, retained } of items) {
      const { online, connection } = message;
      const row = { fleet, device, online, connection, retained };
      const before = byDevice.get(device) ?? [];
      const known = before.find(({ taken }) => taken)?.connection;
      if (online) byDevice.set(device, [{ ...row, taken: true }]);
      else if (known === undefined) before.push({ ...row, taken: false });
      else if (known === connection) byDevice.set(device, [{ ...row, taken: true }]);
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
           last_seen_at = now(),
           heard_at = CASE WHEN n.retained AND d.connection = n.connection THEN d.heard_at ELSE now() END
       FROM jsonb_to_recordset($1::jsonb) AS n (fleet text, device text, online boolean, connection uuid,
                                               retained boolean, taken boolean)
       WHERE d.id = n.device AND d.fleet = n.fleet AND d.retired_at IS NULL
         AND (n.taken OR d.connection IS NULL OR d.connection = n.connection)
         -- A broker that crashed sends no will, and repeats the presence of a device that has long been silent.
         AND NOT (n.retained AND n.online AND NOT d.online AND d.connection = n.connection
                  AND coalesce(d.heard_at, '-infinity') < now() - make_interval(secs => $2))`,
      [JSON.stringify(rows), SILENT_SECONDS],
    );
  }

  /** Marks online devices as offline that have not announced themselves for so long; answers their ids. */
  async forgetSilent(): Promise<string[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE devices SET online = false, online_since = NULL
       WHERE online AND coalesce(heard_at, '-infinity') < now() - make_interval(secs => $1)
       RETURNING id`,
      [SILENT_SECONDS],
    );
    return rows.map(({ id }) => id);
  }

  /** Marks online devices as offline from which nothing came for so long; answers their ids. */
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
