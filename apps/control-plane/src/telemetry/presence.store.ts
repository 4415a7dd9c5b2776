import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Received } from './received.js';

/** Who is connected. */
@Injectable()
export class PresenceStore {
  constructor(private readonly database: DataSource) {}

  /**
   * An `offline` counts only for the connection that is on record: the will of an older one may come after the newer
   * connection's `online`. In the order of arrival per device, hence the last one of each kind that matters.
   */
  async store(items: readonly Received<'presence'>[]): Promise<void> {
    const last = new Map<string, Received<'presence'>>();
    for (const item of items) {
      const before = last.get(item.device);
      const stale = before?.message.online === true && !item.message.online;
      if (stale && before.message.connection !== item.message.connection) continue;
      last.set(item.device, item);
    }
    const rows = [...last.values()].map(({ fleet, device, message }) => ({
      fleet,
      device,
      online: message.online,
      connection: message.connection,
    }));
    await this.database.query(
      `UPDATE devices d
       SET online = n.online,
           connection = n.connection,
           online_since = CASE
             WHEN NOT n.online THEN NULL
             WHEN d.connection = n.connection AND d.online THEN d.online_since
             ELSE now() END,
           last_seen_at = now()
       FROM jsonb_to_recordset($1::jsonb) AS n (fleet text, device text, online boolean, connection uuid)
       WHERE d.id = n.device AND d.fleet = n.fleet AND d.retired_at IS NULL
         AND (n.online OR d.connection IS NULL OR d.connection = n.connection)`,
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
