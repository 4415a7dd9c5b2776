import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Announcement, RetainedKind } from './outbox.js';

/** An announcement that one publisher has taken. */
export interface Claimed extends Announcement {
  readonly id: string;
}

/** After so long the rows of a dead publisher are taken over; a slower one only publishes twice. */
const LEASE_SECONDS = 60;

/** SQL of the outbox' publisher. Each statement is its own transaction: none is open while the broker is waited for. */
@Injectable()
export class OutboxStore {
  constructor(private readonly database: DataSource) {}

  /** Takes what is due, oldest first, for the time of a lease. */
  async claim(limit: number): Promise<Claimed[]> {
    const [rows] = await this.database.query<[Claimed[], number]>(
      `UPDATE outbox SET available_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id IN (SELECT id FROM outbox WHERE available_at <= clock_timestamp()
                    ORDER BY available_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, split_part(key, '/', 1) AS device, nullif(split_part(key, '/', 2), '') AS model`,
      [limit],
    );
    return rows;
  }

  /** Ends announcements that are fully published. */
  async end(ids: readonly string[]): Promise<void> {
    await this.database.query(`DELETE FROM outbox WHERE id = ANY ($1::bigint[])`, [ids]);
  }

  /** Makes the rest of them due again. */
  async release(ids: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE outbox SET available_at = clock_timestamp() WHERE id = ANY ($1::bigint[])`,
      [ids],
    );
  }

  /**
   * Announces all of these devices' models, or their configurations. A row that somebody has taken does not count: it may have been published to the former
   * broker, or by a publisher that died.
   */
  async announce(kind: RetainedKind, devices: readonly string[]): Promise<void> {
    await this.database.query(
      `INSERT INTO outbox (kind, key)
       SELECT $2, p.device FROM unnest($1::text[]) AS p (device)
       WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.kind = $2 AND o.key = p.device
                         AND o.available_at <= clock_timestamp())`,
      [devices, kind],
    );
  }
}
