import { Injectable } from '@nestjs/common';
import type { FrameSize, Page, SampleLabelView, SampleMeta, SampleQuery } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { ControlPlaneError } from '../platform/errors.js';
import type { IdListQuery } from '../platform/http/id-prefix.js';
import { queryPage } from '../platform/http/list-page.js';
import { narrowed, sampleCondition } from './sample-condition.sql.js';

/** What a list shows of a sample. */
export interface SampleRow {
  readonly id: string;
  readonly device: string;
  readonly stream: string;
  readonly at: Date;
  readonly received_at: Date;
  readonly reasons: readonly string[];
  readonly model: string | null;
  readonly version: string | null;
  readonly task: string | null;
  readonly verdict: string | null;
  readonly confidence: number | null;
  readonly sha256: string;
  readonly bytes: string;
  readonly media_type: SampleMeta['mediaType'];
  readonly size: FrameSize;
  /** By task. */
  readonly labels: readonly SampleLabelView[];
}

export type StoredSample = SampleRow & { readonly meta: Record<string, unknown> };

const COLUMNS = `s.id, s.device, s.stream, s.at, s.received_at, s.reasons, s.model, s.version, s.task, s.verdict, s.sha256,
  s.bytes, s.labels, s.meta ->> 'mediaType' AS media_type, s.meta -> 'size' AS size,
  (s.meta ->> 'confidence')::float8 AS confidence`;

/** SQL of samples. */
@Injectable()
export class SampleStore {
  constructor(private readonly database: DataSource) {}

  /** Undefined where the fleet has none of that id. */
  async find(fleet: string, id: string): Promise<StoredSample | undefined> {
    const [row] = await this.database.query<StoredSample[]>(
      `SELECT ${COLUMNS}, s.meta FROM samples s WHERE s.fleet = $1 AND s.id = $2`,
      [fleet, id],
    );
    return row;
  }

  /** @throws ControlPlaneError `sample-not-found` */
  async get(fleet: string, id: string): Promise<StoredSample> {
    const found = await this.find(fleet, id);
    if (found) return found;
    throw noSample(id);
  }

  /** Newest first, by when they were answered. */
  list<T>(
    fleet: string,
    query: SampleQuery & Pick<IdListQuery, 'id'>,
    view: (row: SampleRow) => T,
  ): Promise<Page<T>> {
    const parameters: unknown[] = [fleet];
    const list = {
      ...{ columns: COLUMNS, from: 'samples s', id: 's.id' },
      scope: ['s.fleet = $1', ...narrowed(query, parameters)].join(' AND '),
      ...{ parameters, condition: sampleCondition },
      key: [
        { sql: 's.at', kind: 'timestamp' },
        { sql: 's.id', kind: 'uuid' },
      ],
      order: 'DESC',
    } as const;
    return queryPage(this.database, list, query, view);
  }

  /** False where the id is taken. @param charged what it takes of the budgets */
  async insert(manager: EntityManager, fleet: string, meta: SampleMeta, charged: number): Promise<boolean> {
    const { id, device, stream, at, reasons, verdict, sha256, bytes } = meta;
    const by = meta.answeredBy ?? meta.result;
    const stored = await manager.query<unknown[]>(
      `INSERT INTO samples (fleet, id, device, stream, at, reasons, model, version, task, verdict, sha256, bytes, meta, charged)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (fleet, id) DO NOTHING RETURNING 1`,
      [
        ...[fleet, id, device, stream, at, reasons, by?.model ?? null, by?.version ?? null, by?.task ?? null],
        ...[verdict ?? null, sha256, bytes, JSON.stringify(meta), charged],
      ],
    );
    return stored.length > 0;
  }

  /** Is a picture any sample's of the fleet? */
  async isUsed(manager: EntityManager, fleet: string, sha256: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      'SELECT 1 FROM samples WHERE fleet = $1 AND sha256 = $2 LIMIT 1',
      [fleet, sha256],
    );
    return rows.length > 0;
  }

  /** Those of the digests that are no sample's of the fleet. */
  async unused(fleet: string, digests: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ sha256: string }[]>(
      `SELECT stored.sha256 FROM unnest($2::text[]) AS stored (sha256)
       WHERE NOT EXISTS (SELECT FROM samples s WHERE s.fleet = $1 AND s.sha256 = stored.sha256)`,
      [fleet, digests],
    );
    return rows.map(({ sha256 }) => sha256);
  }

  /** Deletes one with what people said of it; undefined where the fleet has none of that id. */
  async delete(
    manager: EntityManager,
    fleet: string,
    id: string,
  ): Promise<{ readonly sha256: string; readonly charged: number; readonly device: string } | undefined> {
    const [[row]] = await manager.query<[{ sha256: string; charged: string; device: string }[], number]>(
      'DELETE FROM samples WHERE fleet = $1 AND id = $2 RETURNING sha256, charged, device',
      [fleet, id],
    );
    return row && { ...row, charged: Number(row.charged) };
  }

  /** Deletes the oldest of those that were received so many days ago, with what people said of them. */
  async deleteOld(
    manager: EntityManager,
    fleet: string,
    retentionDays: number,
    limit: number,
  ): Promise<{ readonly sha256: string; readonly charged: number }[]> {
    const [rows] = await manager.query<[{ sha256: string; charged: string }[], number]>(
      `DELETE FROM samples WHERE (fleet, id) IN (
         SELECT fleet, id FROM samples WHERE fleet = $1 AND received_at < now() - make_interval(days => $2)
         ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING sha256, charged`,
      [fleet, retentionDays, limit],
    );
    return rows.map(({ sha256, charged }) => ({ sha256, charged: Number(charged) }));
  }
}

export const noSample = (id: string): ControlPlaneError =>
  new ControlPlaneError('sample-not-found', `There is no sample ${id}.`);
