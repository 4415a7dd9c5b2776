import { Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import type { WantedBundle } from './wanted-bundles.js';

/** One chunk and where its bytes are. */
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

/** SQL of the chunks that were published to the broker. */
@Injectable()
export class PublishedChunkStore {
  /** Chunks of wanted bundles that were not published since `since` (the database's clock, ISO 8601). */
  async missing(
    runner: QueryRunner,
    wanted: readonly WantedBundle[],
    since: string,
    limit: number,
  ): Promise<WantedChunk[]> {
    const rows: (Omit<WantedChunk, 'offset'> & { offset: string })[] = await runner.query(
      // DISTINCT sorts only the missing chunks.
      `SELECT DISTINCT ON (b.fleet, c.sha256) b.fleet, c.sha256, c.artifact, c.byte_offset AS "offset", c.length
       FROM unnest($1::text[], $2::text[]) AS b (fleet, bundle_sha256) JOIN bundle_chunks c USING (bundle_sha256)
       WHERE NOT EXISTS (SELECT FROM published_chunks p
                         WHERE p.fleet = b.fleet AND p.sha256 = c.sha256 AND p.published_at >= $3)
       ORDER BY b.fleet, c.sha256 LIMIT $4`,
      [...bundleColumns(wanted), since, limit],
    );
    return rows.map((row) => ({ ...row, offset: Number(row.offset) }));
  }

  /** Published chunks that are no longer wanted. */
  async unwanted(
    runner: QueryRunner,
    wanted: readonly WantedBundle[],
    limit: number,
  ): Promise<PublishedChunk[]> {
    return (await runner.query(
      `SELECT p.fleet, p.sha256 FROM published_chunks p
       WHERE NOT EXISTS (
         SELECT FROM unnest($1::text[], $2::text[]) AS b (fleet, bundle_sha256) JOIN bundle_chunks c USING (bundle_sha256)
         WHERE b.fleet = p.fleet AND c.sha256 = p.sha256)
       LIMIT $3`,
      [...bundleColumns(wanted), limit],
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

const bundleColumns = (bundles: readonly WantedBundle[]): string[][] => [
  bundles.map(({ fleet }) => fleet),
  bundles.map(({ bundle }) => bundle),
];
