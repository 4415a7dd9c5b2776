import { Injectable } from '@nestjs/common';
import type { CompressionProgress } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { COMPRESSION_COLUMNS, type CompressionReason, type StoredCompression } from './stored-compression.js';

/** A job that this process runs, as long as the lease behind the token holds. */
export interface Lease {
  readonly jobId: string;
  readonly token: string;
}

/** A runner that is silent for this long counts as dead. */
export const LEASE_SECONDS = 15;

/**
 * The fleet that was served longest ago comes first, and of its jobs the oldest. A running job whose lease ran out is
 * due as well.
 */
const NEXT = `
  SELECT due.id, due.attempts FROM compression_jobs due
  WHERE due.ended_at IS NULL AND CASE due.state
    WHEN 'queued' THEN due.run_after <= now()
    ELSE due.lease_until < now() END
  ORDER BY (SELECT max(other.started_at) FROM compression_jobs other WHERE other.fleet = due.fleet) NULLS FIRST,
           due.created_at, due.id
  LIMIT 1 FOR UPDATE SKIP LOCKED`;

/** SQL of who runs what. Every write of a runner names its lease: a runner that lost it changes nothing. */
@Injectable()
export class CompressionQueue {
  constructor(private readonly database: DataSource) {}

  /** The next due job, locked. */
  async lockNext(manager: EntityManager): Promise<{ id: string; attempts: number } | undefined> {
    const [row] = await manager.query<{ id: string; attempts: number }[]>(NEXT);
    return row;
  }

  /** Begins an attempt at a locked job. */
  async take(manager: EntityManager, { jobId, token }: Lease): Promise<StoredCompression> {
    await manager.query(
      `UPDATE compression_jobs
       SET state = 'running', attempts = attempts + 1, started_at = now(), progress = NULL, lease_token = $2,
           lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1`,
      [jobId, token],
    );
    const [row] = await manager.query<StoredCompression[]>(
      `SELECT ${COMPRESSION_COLUMNS} FROM compression_jobs job JOIN known_versions source ON source.id = job.source_version_id
       WHERE job.id = $1`,
      [jobId],
    );
    return row as StoredCompression;
  }

  /** Stores the progress and renews the lease; false where it is lost. */
  async renew(
    manager: EntityManager,
    { jobId, token }: Lease,
    progress: CompressionProgress | undefined,
  ): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE compression_jobs
       SET progress = coalesce($3, progress), lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1 AND lease_token = $2`,
      [jobId, token, progress === undefined ? null : JSON.stringify(progress)],
    );
    return count > 0;
  }

  /** Ends a job with its result; false where the lease is lost. */
  async succeed(manager: EntityManager, { jobId, token }: Lease, report: unknown): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE compression_jobs
       SET state = 'succeeded', ended_at = now(), lease_token = NULL, lease_until = NULL, reason = NULL, report = $3
       WHERE id = $1 AND lease_token = $2`,
      [jobId, token, JSON.stringify(report)],
    );
    return count > 0;
  }

  /** Ends a job without a result; false where the lease is lost. */
  async fail(manager: EntityManager, { jobId, token }: Lease, reason: CompressionReason): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE compression_jobs
       SET state = 'failed', ended_at = now(), lease_token = NULL, lease_until = NULL, reason = $3
       WHERE id = $1 AND lease_token = $2`,
      [jobId, token, JSON.stringify(reason)],
    );
    return count > 0;
  }

  /** Allows another attempt after a while; false where the lease is lost. */
  async postpone(
    manager: EntityManager,
    { jobId, token }: Lease,
    reason: CompressionReason,
    seconds: number,
  ): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE compression_jobs
       SET state = 'queued', run_after = now() + make_interval(secs => $4), lease_token = NULL, lease_until = NULL,
           reason = $3
       WHERE id = $1 AND lease_token = $2`,
      [jobId, token, JSON.stringify(reason), seconds],
    );
    return count > 0;
  }

  /** An attempt does not count where the job was not at fault for its end; false where the lease is lost. */
  async giveBack(manager: EntityManager, { jobId, token }: Lease): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE compression_jobs
       SET state = 'queued', attempts = attempts - 1, run_after = now(), lease_token = NULL, lease_until = NULL
       WHERE id = $1 AND lease_token = $2`,
      [jobId, token],
    );
    return count > 0;
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }
}
