import { Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';

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

/**
 * A bundle's chunks are wanted while a rollout targets it, or while some device shall run it, has not reported it in a
 * slot and has not given it up, or while one is to measure it.
 */
const WANTED_BUNDLES = `
  SELECT r.fleet, v.bundle_sha256
  FROM rollouts r
  JOIN variants v ON v.version_id = r.version_id
       AND v.name IN (SELECT t ->> 'variant' FROM jsonb_array_elements(r.spec #> '{spec,targets}') AS t)
  WHERE r.ended_at IS NULL AND r.state <> 'rolling-back'
  UNION
  SELECT w.fleet, w.bundle_sha256
  FROM device_desired w
  JOIN devices d ON d.id = w.device AND d.retired_at IS NULL
  LEFT JOIN deployments p ON p.id = w.deployment_id
  WHERE w.bundle_sha256 IS NOT NULL
    AND coalesce(p.state, 'assigned') NOT IN ('refused', 'rolled-back')
    AND w.bundle_sha256 IS DISTINCT FROM d.reported #>> '{slots,current,bundle}'
    AND w.bundle_sha256 IS DISTINCT FROM d.reported #>> '{slots,previous,bundle}'
    AND (w.bundle_sha256 IS DISTINCT FROM d.reported #>> '{slots,candidate,bundle}'
         OR d.reported #>> '{deployment,state}' IN ('assigned', 'downloading'))
  UNION
  SELECT m.fleet, v.bundle_sha256
  FROM benchmarks m JOIN variants v ON v.version_id = m.version_id
  WHERE m.ended_at IS NULL AND m.expires_at > now()`;

const WANTED = `
  WITH bundles AS (${WANTED_BUNDLES}), wanted AS (
    SELECT DISTINCT ON (b.fleet, c.sha256) b.fleet, c.sha256, c.artifact, c.byte_offset, c.length
    FROM bundles b JOIN bundle_chunks c USING (bundle_sha256)
    ORDER BY b.fleet, c.sha256
  )`;

/** SQL of the chunk publisher. */
@Injectable()
export class ChunkStore {
  /** Wanted chunks that the broker was not given since `since` (the database's clock, ISO 8601). */
  async missing(runner: QueryRunner, since: string, limit: number): Promise<WantedChunk[]> {
    const rows: (Omit<WantedChunk, 'offset'> & { offset: string })[] = await runner.query(
      `${WANTED}
       SELECT w.fleet, w.sha256, w.artifact, w.byte_offset AS "offset", w.length
       FROM wanted w LEFT JOIN published_chunks p USING (fleet, sha256)
       WHERE p.published_at IS NULL OR p.published_at < $1
       LIMIT $2`,
      [since, limit],
    );
    return rows.map((row) => ({ ...row, offset: Number(row.offset) }));
  }

  /** Published chunks that nobody wants. */
  async unwanted(runner: QueryRunner, limit: number): Promise<PublishedChunk[]> {
    return (await runner.query(
      `${WANTED}
       SELECT p.fleet, p.sha256
       FROM published_chunks p LEFT JOIN wanted w USING (fleet, sha256)
       WHERE w.sha256 IS NULL
       LIMIT $1`,
      [limit],
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
