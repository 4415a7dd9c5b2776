import { Injectable } from '@nestjs/common';
import type { HistoryEvent } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { historyEventOf, type HistoryRow } from '../platform/history/history-row.js';

/** `progress`: another step of the run begins; the others concern the job as a whole. */
export type CompressionEventKind =
  'queued' | 'started' | 'progress' | 'interrupted' | 'retry' | 'succeeded' | 'failed' | 'cancelled';

/** Histories are bounded; how a job ended is always told. */
const MAX_PROGRESS_EVENTS = 2000;

/** SQL of a compression's history. */
@Injectable()
export class CompressionEventStore {
  constructor(private readonly database: DataSource) {}

  /** The caller holds the job's row, so that numbers have no gaps. */
  async append(
    manager: EntityManager,
    jobId: string,
    kind: CompressionEventKind,
    text: string,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO compression_events (job_id, seq, kind, text)
       SELECT $1::uuid, last.seq + 1, $2::text, $3::text
       FROM (SELECT coalesce(max(seq), 0) AS seq FROM compression_events WHERE job_id = $1::uuid) AS last
       WHERE $2::text <> 'progress' OR last.seq < ${MAX_PROGRESS_EVENTS}`,
      [jobId, kind, text],
    );
  }

  async after(jobId: string, seq: number, limit: number): Promise<HistoryEvent[]> {
    const rows = await this.database.query<HistoryRow[]>(
      `SELECT seq, at, kind, text FROM compression_events WHERE job_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [jobId, seq, limit],
    );
    return rows.map(historyEventOf);
  }
}
