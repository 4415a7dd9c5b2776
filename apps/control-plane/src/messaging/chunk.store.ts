import { Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import { must } from '../platform/errors.js';

/** One chunk and where its bytes lie. */
export interface WantedChunk {
  readonly fleet: string;
  readonly sha256: string;
  readonly artifact: string;
  readonly offset: number;
  readonly length: number;
}

export interface PublishedChunk {
  readonly fleet: string;
  readonly sha256: string;
}

/** A device that shall run a bundle and does not have it yet. */
export interface Awaiting {
  readonly device: string;
  readonly fleet: string;
  readonly bundle: string;
}

/** A bundle that some device of a fleet waits for. */
export type AwaitedBundle = Pick<Awaiting, 'fleet' | 'bundle'>;

/** Devices that shall run a bundle, have not reported it in a slot and have not given it up. */
const AWAITING = `
  SELECT w.device, w.fleet, w.bundle_sha256 AS bundle
  FROM device_desired w
  JOIN devices d ON d.id = w.device AND d.retired_at IS NULL
  LEFT JOIN deployments p ON p.id = w.deployment_id
  WHERE w.bundle_sha256 IS NOT NULL
    AND coalesce(p.state, 'assigned') NOT IN ('refused', 'rolled-back')
    AND w.bundle_sha256 IS DISTINCT FROM d.reported #>> '{slots,current,bundle}'
    AND w.bundle_sha256 IS DISTINCT FROM d.reported #>> '{slots,previous,bundle}'
    AND (w.bundle_sha256 IS DISTINCT FROM d.reported #>> '{slots,candidate,bundle}'
         OR d.reported #>> '{deployment,state}' IN ('assigned', 'downloading'))`;

/**
 * A bundle's chunks are wanted while a rollout targets it, while some device waits for it (`$1`, `$2`: fleets and bundles), or
 * while one is to measure it.
 */
const WANTED_BUNDLES = `
  SELECT r.fleet, v.bundle_sha256
  FROM rollouts r
  JOIN variants v ON v.version_id = r.version_id
       AND v.name IN (SELECT t ->> 'variant' FROM jsonb_array_elements(r.spec #> '{spec,targets}') AS t)
  WHERE r.ended_at IS NULL AND r.state NOT IN ('rolling-back', 'aborting')
  UNION
  SELECT fleet, bundle FROM unnest($1::text[], $2::text[]) AS awaited (fleet, bundle)
  UNION
  SELECT m.fleet, v.bundle_sha256
  FROM benchmarks m JOIN variants v ON v.version_id = m.version_id
  WHERE m.ended_at IS NULL AND m.expires_at > now()`;

/** SQL of the chunk publisher. */
@Injectable()
export class ChunkStore {
  /** All changes below it can be seen. */
  async horizon(runner: QueryRunner): Promise<string> {
    const [row] = (await runner.query(`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon`)) as {
      horizon: string;
    }[];
    return must(row, 'a transaction horizon').horizon;
  }

  /** Devices of which something changed in this transaction or a later one. */
  async changedDevices(runner: QueryRunner, since: string): Promise<string[]> {
    const rows = (await runner.query(`SELECT DISTINCT device FROM member_changes WHERE txid >= $1::xid8`, [
      since,
    ])) as { device: string }[];
    return rows.map(({ device }) => device);
  }

  /** Which of these devices wait for a bundle. */
  async awaiting(runner: QueryRunner, devices: readonly string[]): Promise<Awaiting[]> {
    return (await runner.query(`${AWAITING} AND w.device = ANY ($1::text[])`, [devices])) as Awaiting[];
  }

  /** Which of the next `limit` devices behind `after`, by id, wait for a bundle; `next` is null behind the last ones. */
  async awaitingPage(
    runner: QueryRunner,
    after: string,
    limit: number,
  ): Promise<{ awaiting: Awaiting[]; next: string | null }> {
    const [end] = (await runner.query(
      `SELECT device FROM device_desired WHERE device > $1 ORDER BY device OFFSET $2 LIMIT 1`,
      [after, limit - 1],
    )) as { device: string }[];
    const awaiting = (await runner.query(
      `${AWAITING} AND w.device > $1 AND d.id > $1 AND ($2::text IS NULL OR (w.device <= $2 AND d.id <= $2))`,
      [after, end?.device ?? null],
    )) as Awaiting[];
    return { awaiting, next: end?.device ?? null };
  }

  /** Wanted chunks that the broker was not given since `since` (the database's clock, ISO 8601). */
  async missing(
    runner: QueryRunner,
    awaited: readonly AwaitedBundle[],
    since: string,
    limit: number,
  ): Promise<WantedChunk[]> {
    const rows: (Omit<WantedChunk, 'offset'> & { offset: string })[] = await runner.query(
      // Sorted, to have each once, is only what is missing.
      `WITH bundles AS (${WANTED_BUNDLES})
       SELECT DISTINCT ON (b.fleet, c.sha256) b.fleet, c.sha256, c.artifact, c.byte_offset AS "offset", c.length
       FROM bundles b JOIN bundle_chunks c USING (bundle_sha256)
       WHERE NOT EXISTS (SELECT FROM published_chunks p
                         WHERE p.fleet = b.fleet AND p.sha256 = c.sha256 AND p.published_at >= $3)
       ORDER BY b.fleet, c.sha256 LIMIT $4`,
      [...bundleColumns(awaited), since, limit],
    );
    return rows.map((row) => ({ ...row, offset: Number(row.offset) }));
  }

  /** Published chunks that nobody wants. */
  async unwanted(
    runner: QueryRunner,
    awaited: readonly AwaitedBundle[],
    limit: number,
  ): Promise<PublishedChunk[]> {
    return (await runner.query(
      `WITH bundles AS (${WANTED_BUNDLES})
       SELECT p.fleet, p.sha256 FROM published_chunks p
       WHERE NOT EXISTS (SELECT FROM bundles b JOIN bundle_chunks c USING (bundle_sha256)
                         WHERE b.fleet = p.fleet AND c.sha256 = p.sha256)
       LIMIT $3`,
      [...bundleColumns(awaited), limit],
    )) as PublishedChunk[];
  }

  async markPublished(runner: QueryRunner, chunks: readonly PublishedChunk[]): Promise<void> {
    await runner.query(
      `INSERT INTO published_chunks (fleet, sha256)
       SELECT * FROM unnest($1::text[], $2::text[])
       ON CONFLICT (fleet, sha256) DO UPDATE SET published_at = now()`,
      columns(chunks),
    );
  }

  async markWithdrawn(runner: QueryRunner, chunks: readonly PublishedChunk[]): Promise<void> {
    await runner.query(
      `DELETE FROM published_chunks p USING unnest($1::text[], $2::text[]) AS gone (fleet, sha256)
       WHERE p.fleet = gone.fleet AND p.sha256 = gone.sha256`,
      columns(chunks),
    );
  }
}

const columns = (chunks: readonly PublishedChunk[]): string[][] => [
  chunks.map(({ fleet }) => fleet),
  chunks.map(({ sha256 }) => sha256),
];

const bundleColumns = (bundles: readonly AwaitedBundle[]): string[][] => [
  bundles.map(({ fleet }) => fleet),
  bundles.map(({ bundle }) => bundle),
];
