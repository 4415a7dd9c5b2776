import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  COMPRESSION_STATES,
  type CompressionSample,
  type CompressionState,
  type Page,
  type SampleSet,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { IdListQuery } from '../platform/http/id-prefix.js';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import { ArtifactUses, type UsedArtifact } from '../registry/artifact-uses.js';
import type { PlacedArtifact } from '../registry/artifact.store.js';
import { COMPRESSION_COLUMNS, type StoredCompression } from './stored-compression.js';

export type NewCompression = Pick<
  StoredCompression,
  'id' | 'fleet' | 'model' | 'sourceVersionId' | 'resultVersion' | 'recipe' | 'samples' | 'createdBy'
>;

const JOBS = 'compression_jobs job JOIN known_versions source ON source.id = job.source_version_id';
const FROM = `FROM ${JOBS}`;
const START_LOCK = 7_240_115;

/** SQL of compressions as people see them; the queue has the SQL of who runs them. */
@Injectable()
export class CompressionStore implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly uses: ArtifactUses,
  ) {}

  onModuleInit(): void {
    this.uses.add(() => this.usedArtifacts());
  }

  /** Starts of one fleet take turns: two at once could both find the last place in the queue. */
  async lockStarts(manager: EntityManager, fleet: string): Promise<void> {
    await manager.query(`SELECT pg_advisory_xact_lock(${START_LOCK}, hashtext($1))`, [fleet]);
  }

  /** Jobs of the fleet that have not ended. */
  async open(manager: EntityManager, fleet: string): Promise<StoredCompression[]> {
    return manager.query(
      `SELECT ${COMPRESSION_COLUMNS} ${FROM} WHERE job.fleet = $1 AND job.ended_at IS NULL`,
      [fleet],
    );
  }

  async insert(
    manager: EntityManager,
    added: NewCompression,
    sets: { readonly [K in SampleSet]?: readonly CompressionSample[] | undefined },
  ): Promise<void> {
    await manager.query(
      `INSERT INTO compression_jobs (id, fleet, model, source_version_id, result_version, recipe, samples, created_by,
                                     state)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued')`,
      [
        added.id,
        added.fleet,
        added.model,
        added.sourceVersionId,
        added.resultVersion,
        JSON.stringify(added.recipe),
        JSON.stringify(added.samples),
        added.createdBy,
      ],
    );
    for (const [kind, samples = []] of Object.entries(sets)) {
      await manager.query(
        `INSERT INTO compression_samples (job_id, kind, path, sha256)
         SELECT $1, $2, path, sha256 FROM unnest($3::text[], $4::text[]) AS given (path, sha256)`,
        [added.id, kind, samples.map(({ path }) => path), samples.map(({ sha256 }) => sha256)],
      );
    }
  }

  /** Forgets the oldest ended jobs of a fleet beyond a number. */
  async forgetOld(manager: EntityManager, fleet: string, kept: number): Promise<void> {
    await manager.query(
      `DELETE FROM compression_jobs WHERE id IN (
         SELECT id FROM compression_jobs WHERE fleet = $1 AND ended_at IS NOT NULL
         ORDER BY created_at DESC, id DESC OFFSET $2)`,
      [fleet, kept],
    );
  }

  async find(fleet: string, id: string): Promise<StoredCompression | undefined> {
    const [row] = await this.database.query<StoredCompression[]>(
      `SELECT ${COMPRESSION_COLUMNS} ${FROM} WHERE job.fleet = $1 AND job.id = $2`,
      [fleet, id],
    );
    return row;
  }

  /** Newest first. */
  async list<T>(fleet: string, query: IdListQuery, view: (job: StoredCompression) => T): Promise<Page<T>> {
    const list = {
      ...{ columns: COMPRESSION_COLUMNS, from: JOBS, scope: 'job.fleet = $1', parameters: [fleet] },
      condition: fieldCondition({
        ...{
          id: 'job.id::text',
          model: 'job.model',
          version: 'source.version',
          result: 'job.result_version',
        },
        state: { sql: 'job.state', words: COMPRESSION_STATES },
      }),
      key: [
        { sql: 'job.created_at', kind: 'timestamp' },
        { sql: 'job.id', kind: 'uuid' },
      ],
      order: 'DESC',
      id: 'job.id',
    } as const;
    return queryPage(this.database, list, query, view);
  }

  /** What the run reported about its result; null before. */
  async report(fleet: string, id: string): Promise<unknown> {
    const [row] = await this.database.query<{ report: unknown }[]>(
      'SELECT report FROM compression_jobs WHERE fleet = $1 AND id = $2',
      [fleet, id],
    );
    return row?.report ?? null;
  }

  /** Ends a job wherever it is; false where it had ended. Its runner finds its lease gone. */
  async cancel(manager: EntityManager, fleet: string, id: string): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE compression_jobs SET state = 'cancelled', ended_at = now(), lease_token = NULL, lease_until = NULL
       WHERE fleet = $1 AND id = $2 AND ended_at IS NULL`,
      [fleet, id],
    );
    if (count > 0) await this.dropSamples(manager, id);
    return count > 0;
  }

  /** The files are no longer needed; the job's row and its report tell what the sets were. */
  async dropSamples(manager: EntityManager, id: string): Promise<void> {
    await manager.query('DELETE FROM compression_samples WHERE job_id = $1', [id]);
  }

  async samplesOf(id: string, kind: SampleSet): Promise<PlacedArtifact[]> {
    return this.database.query(
      'SELECT path, sha256 FROM compression_samples WHERE job_id = $1 AND kind = $2',
      [id, kind],
    );
  }

  /** What open jobs were given to calibrate and to measure with. */
  private async usedArtifacts(): Promise<UsedArtifact[]> {
    return this.database.query(
      `SELECT DISTINCT job.fleet, sample.sha256
       FROM compression_samples sample JOIN compression_jobs job ON job.id = sample.job_id
       WHERE job.ended_at IS NULL`,
    );
  }

  /** How many jobs there are in each state. */
  async countByState(): Promise<{ state: CompressionState; count: number }[]> {
    return this.database.query('SELECT state, count(*)::int AS count FROM compression_jobs GROUP BY state');
  }
}
