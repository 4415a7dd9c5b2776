import { Injectable } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import { DataSource } from 'typeorm';

/** An announcement that one publisher has taken. */
export interface Claimed {
  readonly id: string;
  readonly device: string;
}

/** What a device shall run, as it is to be published; `jws` null for nothing. */
export interface Announced {
  readonly device: string;
  readonly fleet: string;
  readonly jws: GeneralJws | null;
  /** Tells it from every other state; empty for nothing. */
  readonly digest: string;
}

/** A publisher that died has its rows taken over after so long; one that is slower only publishes twice. */
const LEASE_SECONDS = 60;

/** SQL of the outbox' publisher. Each statement is a transaction of its own: none is open while the broker is waited for. */
@Injectable()
export class OutboxStore {
  constructor(private readonly database: DataSource) {}

  /** Takes what is due, oldest first, for the time of a lease. */
  async claim(limit: number): Promise<Claimed[]> {
    const [rows] = await this.database.query<[Claimed[], number]>(
      `UPDATE outbox SET available_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id IN (SELECT id FROM outbox WHERE kind = 'desired' AND available_at <= clock_timestamp()
                    ORDER BY available_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, key AS device`,
      [limit],
    );
    return rows;
  }

  async desired(devices: readonly string[]): Promise<Announced[]> {
    return this.database.query(
      `SELECT device, fleet, jws, coalesce(md5(jws::text), '') AS digest
       FROM (SELECT w.device, w.fleet, CASE WHEN d.retired_at IS NULL THEN w.jws END AS jws
             FROM device_desired w JOIN devices d ON d.id = w.device WHERE w.device = ANY ($1::text[])) AS newest`,
      [devices],
    );
  }

  /**
   * Ends those announcements whose device still shall run what was published just now. The others are due again at once.
   *
   * This is what makes the newest state win, also between replicas: whoever published an older one, having read it before
   * a newer one was published, finds here that it is older, and its own row is still there to publish again. Hence
   * nothing older can be the last that was published while no row is left.
   */
  async settle(claimed: readonly Claimed[], published: readonly Announced[]): Promise<void> {
    const ids = claimed.map(({ id }) => id);
    const digests = new Map(published.map(({ device, digest }) => [device, digest]));
    await this.database.query(
      `DELETE FROM outbox o
       USING unnest($1::bigint[], $2::text[], $3::text[]) AS p (id, device, digest)
       LEFT JOIN (SELECT w.device, CASE WHEN d.retired_at IS NULL THEN w.jws END AS jws
                  FROM device_desired w JOIN devices d ON d.id = w.device
                  WHERE w.device = ANY ($2::text[])) AS newest ON newest.device = p.device
       WHERE o.id = p.id AND coalesce(md5(newest.jws::text), '') = p.digest`,
      [ids, claimed.map(({ device }) => device), claimed.map(({ device }) => digests.get(device) ?? '')],
    );
    await this.release(ids);
  }

  /** Gives back what is left of them. */
  async release(ids: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE outbox SET available_at = clock_timestamp() WHERE id = ANY ($1::bigint[])`,
      [ids],
    );
  }

  /**
   * Announces a page of all devices, by id from behind `after`; answers the last one, null where there are no more. A row
   * that somebody has taken does not count: what it stood for may have gone to the broker that was before, or with a
   * publisher that died.
   */
  async announce(after: string, limit: number): Promise<string | null> {
    const [row] = await this.database.query<{ last: string | null; count: number }[]>(
      `WITH page AS MATERIALIZED (
         SELECT device FROM device_desired WHERE sequence > 0 AND device > $1 ORDER BY device LIMIT $2
       ), added AS (
         INSERT INTO outbox (kind, key)
         SELECT 'desired', p.device FROM page p
         WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.kind = 'desired' AND o.key = p.device
                           AND o.available_at <= clock_timestamp())
       )
       SELECT max(device) AS last, count(*)::int AS count FROM page`,
      [after, limit],
    );
    return row && row.count === limit ? row.last : null;
  }
}
