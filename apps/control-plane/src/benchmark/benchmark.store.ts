import { Injectable } from '@nestjs/common';
import {
  BENCHMARK_STATES,
  type BenchmarkProgress,
  type BenchmarkReason,
  type BenchmarkResult,
  type BenchmarkState,
  type GeneralJws,
  type ListQuery,
  type Page,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { CommandSource, UntoldCommand } from '../commands/command-sources.js';
import { queryPage } from '../platform/http/list-page.js';
import type { WantedBundle } from '../registry/wanted-bundles.js';
import { fieldCondition } from '../platform/http/where.js';

/** A benchmark as the database has it. */
export interface BenchmarkRow {
  readonly id: string;
  readonly fleet: string;
  readonly device: string;
  readonly versionId: string;
  readonly model: string;
  readonly version: string;
  readonly state: BenchmarkState;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly toldAt: Date | null;
  readonly progress: BenchmarkProgress | null;
  readonly reason: BenchmarkReason | null;
  readonly hardwareClass: string | null;
  readonly results: readonly BenchmarkResult[];
}

export interface NewBenchmark {
  readonly id: string;
  readonly fleet: string;
  readonly device: string;
  readonly versionId: string;
  readonly requestedAt: Date;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly jws: GeneralJws;
}

/** How a benchmark ended; what is left out stays as it was. */
export interface BenchmarkEnd {
  readonly state: Exclude<BenchmarkState, 'requested' | 'running'>;
  readonly reason?: BenchmarkReason | null;
  readonly hardwareClass?: string;
  readonly results?: readonly BenchmarkResult[];
  /** What the device still has to be told. */
  readonly jws?: GeneralJws | null;
  readonly issuedAt?: Date;
}

/** For so long after its expiry a device is told to stop a cancelled or expired benchmark. */
export const STOP_SECONDS = 86_400;

const COLUMNS = `
  b.id, b.fleet, b.device, b.version_id AS "versionId", v.model, v.version, b.state,
  b.requested_at AS "requestedAt", b.expires_at AS "expiresAt", b.ended_at AS "endedAt", b.told_at AS "toldAt",
  b.progress, b.reason, b.hardware_class AS "hardwareClass", b.results`;
const FROM = 'benchmarks b JOIN known_versions v ON v.id = b.version_id';

/** SQL of benchmarks. */
@Injectable()
export class BenchmarkStore implements CommandSource {
  constructor(private readonly database: DataSource) {}

  async find(fleet: string, id: string): Promise<BenchmarkRow | undefined> {
    const rows = await this.database.query<BenchmarkRow[]>(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE b.id = $1 AND b.fleet = $2`,
      [id, fleet],
    );
    return rows[0];
  }

  /** Newest first. */
  async page<T>(device: string, query: ListQuery, view: (row: BenchmarkRow) => T): Promise<Page<T>> {
    const list = {
      ...{ columns: COLUMNS, from: FROM, scope: 'b.device = $1', parameters: [device] },
      condition: fieldCondition({
        ...{ id: 'b.id::text', model: 'v.model', version: 'v.version' },
        state: { sql: 'b.state', words: BENCHMARK_STATES },
      }),
      key: [
        { sql: 'b.requested_at', kind: 'timestamp' },
        { sql: 'b.id', kind: 'uuid' },
      ],
      order: 'DESC',
    } as const;
    return queryPage(this.database, list, query, view);
  }

  async lock(manager: EntityManager, id: string): Promise<BenchmarkRow | undefined> {
    const rows = await manager.query<BenchmarkRow[]>(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE b.id = $1 FOR UPDATE OF b`,
      [id],
    );
    return rows[0];
  }

  /** The newest command to the device, and the benchmark that is open there. The device's row must be locked. */
  async standing(
    manager: EntityManager,
    device: string,
  ): Promise<{ readonly issuedAt: Date | null; readonly open: string | null }> {
    const [row] = await manager.query<{ issuedAt: Date | null; open: string | null }[]>(
      `SELECT max(issued_at) AS "issuedAt", max(id::text) FILTER (WHERE ended_at IS NULL) AS open
       FROM benchmarks WHERE device = $1`,
      [device],
    );
    return row ?? { issuedAt: null, open: null };
  }

  async insert(manager: EntityManager, added: NewBenchmark): Promise<void> {
    await manager.query(
      `INSERT INTO benchmarks (id, fleet, device, version_id, state, requested_at, issued_at, expires_at, jws)
       VALUES ($1, $2, $3, $4, 'requested', $5, $6, $7, $8)`,
      [
        added.id,
        added.fleet,
        added.device,
        added.versionId,
        added.requestedAt,
        added.issuedAt,
        added.expiresAt,
        JSON.stringify(added.jws),
      ],
    );
  }

  async progress(manager: EntityManager, id: string, progress: BenchmarkProgress | null): Promise<void> {
    await manager.query(
      `UPDATE benchmarks SET state = 'running', progress = coalesce($2, progress)
       WHERE id = $1 AND ended_at IS NULL`,
      [id, progress === null ? null : JSON.stringify(progress)],
    );
  }

  async end(manager: EntityManager, id: string, end: BenchmarkEnd): Promise<void> {
    await manager.query(
      `UPDATE benchmarks
       SET state = $2, ended_at = now(), reason = $3, hardware_class = $4, results = $5, jws = $6,
           told_at = NULL, told_connection = NULL, issued_at = coalesce($7, issued_at)
       WHERE id = $1 AND ended_at IS NULL`,
      [
        id,
        end.state,
        end.reason ? JSON.stringify(end.reason) : null,
        end.hardwareClass ?? null,
        JSON.stringify(end.results ?? []),
        end.jws ? JSON.stringify(end.jws) : null,
        end.issuedAt ?? null,
      ],
    );
  }

  /** Ends what is open on a device that is gone, without telling it. */
  async endOf(manager: EntityManager, device: string): Promise<void> {
    await manager.query(
      `UPDATE benchmarks SET jws = NULL, state = CASE WHEN ended_at IS NULL THEN 'cancelled' ELSE state END,
              ended_at = coalesce(ended_at, now())
       WHERE device = $1 AND (ended_at IS NULL OR jws IS NOT NULL)`,
      [device],
    );
  }

  /** The device knows all that it had to be told. */
  async settle(manager: EntityManager, id: string): Promise<void> {
    await manager.query(`UPDATE benchmarks SET jws = NULL WHERE id = $1`, [id]);
  }

  /**
   * Commands to connected devices that were not told on this connection, or have not answered for so long. Skips rows
   * that other replicas have locked.
   */
  async lockUntold(manager: EntityManager, againSeconds: number, limit: number): Promise<UntoldCommand[]> {
    return manager.query(
      `SELECT b.id, b.fleet, b.device, b.jws, d.connection
       FROM benchmarks b JOIN known_devices d ON d.id = b.device
       WHERE b.jws IS NOT NULL AND d.online AND d.retired_at IS NULL
         AND b.expires_at > now() - CASE WHEN b.ended_at IS NULL THEN interval '0' ELSE make_interval(secs => $3) END
         AND (b.told_at IS NULL OR b.told_connection IS DISTINCT FROM d.connection
              OR (b.state <> 'running' AND b.told_at < now() - make_interval(secs => $1)))
       ORDER BY b.requested_at LIMIT $2 FOR UPDATE OF b SKIP LOCKED`,
      [againSeconds, limit, STOP_SECONDS],
    );
  }

  async markTold(manager: EntityManager, told: readonly UntoldCommand[]): Promise<void> {
    await manager.query(
      `UPDATE benchmarks b SET told_at = now(), told_connection = n.connection
       FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, connection uuid) WHERE b.id = n.id`,
      [JSON.stringify(told.map(({ id, connection }) => ({ id, connection })))],
    );
  }

  /** Open benchmarks whose time is over, and ended ones whose devices are no longer told to stop. */
  async lockOverdue(manager: EntityManager, limit: number): Promise<{ id: string; open: boolean }[]> {
    return manager.query(
      `SELECT id, ended_at IS NULL AS open FROM benchmarks
       WHERE (ended_at IS NULL AND expires_at <= now())
          OR (ended_at IS NOT NULL AND jws IS NOT NULL AND expires_at <= now() - make_interval(secs => $2))
       ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [limit, STOP_SECONDS],
    );
  }

  /** The bundles that devices are to measure. */
  wantedBundles(database: Pick<DataSource, 'query'>): Promise<WantedBundle[]> {
    return database.query(
      `SELECT DISTINCT b.fleet, v.bundle_sha256 AS bundle
       FROM benchmarks b JOIN known_variants v ON v.version_id = b.version_id
       WHERE b.ended_at IS NULL AND b.expires_at > now()`,
    );
  }
}
