import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';

/** A device that is to run a bundle and does not have it yet; it may wait for one of each of its models. */
export interface Awaiting {
  readonly device: string;
  readonly fleet: string;
  readonly bundle: string;
}

type Database = Pick<DataSource, 'query'>;

/** Devices that are to run a bundle, have not reported it in a slot and have not given it up. */
const AWAITING = `
  SELECT w.device, w.fleet, w.bundle_sha256 AS bundle
  FROM device_desired w
  JOIN known_devices d ON d.id = w.device AND d.retired_at IS NULL
  LEFT JOIN deployments p ON p.id = w.deployment_id
  WHERE w.bundle_sha256 IS NOT NULL
    AND NOT coalesce(p.given_up, false)
    AND NOT EXISTS (SELECT FROM device_slots s
                    WHERE s.device = w.device AND s.model = w.model AND s.bundle_sha256 = w.bundle_sha256
                      -- A candidate's slot is reported before its bytes are there.
                      AND NOT (s.slot = 'candidate' AND EXISTS (
                        SELECT FROM reported_deployments t
                        WHERE t.device = w.device AND t.model = w.model AND t.state IN ('assigned', 'downloading'))))`;

/** SQL of the bundles that devices wait for. */
@Injectable()
export class AwaitedBundleStore {
  /** Which of these devices wait for a bundle. */
  awaiting(database: Database, devices: readonly string[]): Promise<Awaiting[]> {
    return database.query(`${AWAITING} AND w.device = ANY ($1::text[])`, [devices]);
  }

  /** Which of the next `limit` devices after `after`, by id, wait for a bundle; `next` is null after the last ones. */
  async awaitingPage(
    database: Database,
    after: string,
    limit: number,
  ): Promise<{ awaiting: Awaiting[]; next: string | null }> {
    const [end] = await database.query<{ device: string }[]>(
      `SELECT DISTINCT device FROM device_desired WHERE device > $1 ORDER BY device OFFSET $2 LIMIT 1`,
      [after, limit - 1],
    );
    const awaiting = await database.query<Awaiting[]>(
      `${AWAITING} AND w.device > $1 AND d.id > $1 AND ($2::text IS NULL OR (w.device <= $2 AND d.id <= $2))`,
      [after, end?.device ?? null],
    );
    return { awaiting, next: end?.device ?? null };
  }
}
