import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Received } from '../messaging/received.js';

interface Row {
  readonly fleet: string;
  readonly device: string;
  readonly online: boolean;
  readonly connection: string;
  /** The connection took the place of any other one, within the batch. */
  readonly taken: boolean;
  readonly retained: boolean;
}

/** A connected device says every five minutes that it is there. */
export const SILENT_SECONDS = 20 * 60;

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
         -- A broker that crashed sends no will, and repeats the word of a device that has long been silent.
         AND NOT (n.retained AND n.online AND NOT d.online AND d.connection = n.connection
                  AND coalesce(d.heard_at, '-infinity') < now() - make_interval(secs => $2))`,
      [JSON.stringify(rows), SILENT_SECONDS],
    );
  }

  /** Those online ones that have not said so for long are offline from now on; answers their ids. */
  async forgetSilent(): Promise<string[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE devices SET online = false, online_since = NULL
       WHERE online AND coalesce(heard_at, '-infinity') < now() - make_interval(secs => $1)
       RETURNING id`,
      [SILENT_SECONDS],
    );
    return rows.map(({ id }) => id);
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
