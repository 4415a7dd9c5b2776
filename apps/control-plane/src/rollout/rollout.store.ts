import { Injectable } from '@nestjs/common';
import { ROLLOUT_STATES } from '@hamon/contracts';
import type { Decision, Rollout, StageEvidence } from '@hamon/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import type { IdListQuery } from '../platform/http/id-prefix.js';
import { Log } from '../platform/log.js';
import { queryRows } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import type { WantedBundle } from '../registry/wanted-bundles.js';
import { writeEvidence } from './evidence-document.js';
import { writeSpec, writeStatus } from './rollout-documents.js';
import {
  fromRow,
  shownFromRow,
  type RolloutRow,
  type ShownRollout,
  type ShownRow,
  type StoredRollout,
} from './stored-rollout.js';

/** Evidence can be long; only a decision needs it. */
const SHOWN = `id, fleet, version_id, where_expr, spec, status, created_at`;
const SHOWN_OF_LIST = `r.id, r.fleet, r.version_id, r.where_expr, r.spec, r.status, r.created_at`;
const LISTED = `rollouts r LEFT JOIN known_versions v ON v.id = r.version_id`;
const COLUMNS = `${SHOWN}, evidence, evidence_cursor`;

export interface EvidenceState {
  readonly evidence: StageEvidence;
  readonly cursor: string;
  /** Further windows are stored already, but not final yet. */
  readonly more: boolean;
}

/** SQL of rollouts. */
@Injectable()
export class RolloutStore {
  constructor(
    private readonly database: DataSource,
    private readonly log: Log,
  ) {}

  /** Due at once; its evidence begins with what is committed from now on. */
  async insert(
    manager: EntityManager,
    stored: Omit<StoredRollout, 'evidenceCursor' | 'createdAt'>,
  ): Promise<void> {
    const { rollout, fleet, versionId, where, policy, evidence } = stored;
    await manager.query(
      `INSERT INTO rollouts (id, fleet, model, version_id, where_expr, spec, status, evidence,
                             evidence_cursor, state, wake_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, pg_snapshot_xmin(pg_current_snapshot())::text, $9, now())`,
      [
        rollout.id,
        fleet,
        rollout.spec.model,
        versionId,
        where,
        writeSpec({ spec: rollout.spec, policy }),
        writeStatus(rollout.status),
        writeEvidence(evidence),
        rollout.status.state,
      ],
    );
  }

  /**
   * The rollout that has waited longest for a decision, locked; another replica's is left to it. The wakes that made it
   * due end with the decision: they are deleted before any fact is read, so that whatever they announce is seen by it, and
   * one that is not committed yet stays and makes the rollout due again. None is lost. As a row: the caller has to know which
   * one it is, also where it cannot be read.
   */
  async lockDue(manager: EntityManager): Promise<RolloutRow | undefined> {
    const [row] = await manager.query<RolloutRow[]>(
      `SELECT ${COLUMNS} FROM rollouts r
       WHERE ended_at IS NULL
         AND (wake_at <= clock_timestamp() OR rest_until <= clock_timestamp()
              AND EXISTS (SELECT FROM rollout_wakes w WHERE w.rollout_id = r.id))
       ORDER BY least(wake_at, (SELECT min(w.at) FROM rollout_wakes w WHERE w.rollout_id = r.id))
       LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    if (!row) return undefined;
    await manager.query(`DELETE FROM rollout_wakes WHERE rollout_id = $1`, [row.id]);
    return row;
  }

  async lock(manager: EntityManager, fleet: string, id: string): Promise<StoredRollout | undefined> {
    const [row] = await manager.query<RolloutRow[]>(
      `SELECT ${COLUMNS} FROM rollouts WHERE fleet = $1 AND id = $2 FOR UPDATE`,
      [fleet, id],
    );
    return row && fromRow(row);
  }

  /** Of any fleet. */
  async lockById(manager: EntityManager, id: string): Promise<StoredRollout | undefined> {
    const [row] = await manager.query<RolloutRow[]>(
      `SELECT ${COLUMNS} FROM rollouts WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row && fromRow(row);
  }

  /** @param restMs for so long only its own wish wakes it */
  async save(
    manager: EntityManager,
    { id, status }: Rollout,
    { evidence, cursor }: Omit<EvidenceState, 'more'>,
    wakeAt: Decision['wakeAt'] | null,
    restMs = 0,
  ): Promise<void> {
    await manager.query(
      `UPDATE rollouts SET status = $2, state = $3, evidence = $4, evidence_cursor = $5, wake_at = $6, ended_at = $7,
              rest_until = clock_timestamp() + make_interval(secs => $8::float8 / 1000), decision_failures = 0
       WHERE id = $1`,
      [
        id,
        writeStatus(status),
        status.state,
        writeEvidence(evidence),
        cursor,
        wakeAt ?? null,
        status.endedAt,
        restMs,
      ],
    );
  }

  /**
   * Makes rollouts with one of these devices, or all rollouts, decide again soon. Only an insert: it never waits for
   * a decision that holds the rollout.
   */
  async wake(devices: readonly string[] | null): Promise<void> {
    await this.database.query(
      `INSERT INTO rollout_wakes (rollout_id)
       SELECT r.id FROM rollouts r
       WHERE r.ended_at IS NULL AND ($1::text[] IS NULL OR EXISTS (
         SELECT FROM rollout_members m WHERE m.rollout_id = r.id AND m.device = ANY ($1::text[])))`,
      [devices],
    );
  }

  /** Wakes of rollouts that ended just then. */
  async sweepWakes(): Promise<void> {
    await this.database.query(
      `DELETE FROM rollout_wakes w
       WHERE NOT EXISTS (SELECT FROM rollouts r WHERE r.id = w.rollout_id AND r.ended_at IS NULL)`,
    );
  }

  /** Postpones a rollout after a failed decision, so that others get on; answers how many in a row have failed. */
  async postpone(id: string, seconds: number): Promise<number> {
    const [rows] = await this.database.query<[{ failures: number }[], number]>(
      `UPDATE rollouts SET wake_at = now() + make_interval(secs => $2), rest_until = now() + make_interval(secs => $2),
              decision_failures = decision_failures + 1
       WHERE id = $1 AND ended_at IS NULL RETURNING decision_failures AS failures`,
      [id, seconds],
    );
    return rows[0]?.failures ?? 0;
  }

  async find(fleet: string, id: string): Promise<ShownRollout | undefined> {
    const [row] = await this.database.query<ShownRow[]>(
      `SELECT ${SHOWN} FROM rollouts WHERE fleet = $1 AND id = $2`,
      [fleet, id],
    );
    return row && shownFromRow(row);
  }

  /** Newest first. */
  async list(
    fleet: string,
    query: IdListQuery,
  ): Promise<{ rollouts: ShownRollout[]; next: string | null; total?: number }> {
    const list = {
      ...{ columns: SHOWN_OF_LIST, from: LISTED, scope: 'r.fleet = $1', parameters: [fleet] },
      condition: fieldCondition({
        ...{ id: 'r.id::text', model: 'r.model', version: 'v.version' },
        state: { sql: 'r.state', words: ROLLOUT_STATES },
      }),
      key: [
        { sql: 'r.created_at', kind: 'timestamp' },
        { sql: 'r.id', kind: 'uuid' },
      ],
      order: 'DESC',
      id: 'r.id',
    } as const;
    const { rows, ...rest } = await queryRows<ShownRow>(this.database, list, query);
    return { rollouts: rows.flatMap((row) => this.readable(row) ?? []), ...rest };
  }

  /** One that cannot be read must not hide all others. */
  private readable(row: ShownRow): ShownRollout | undefined {
    try {
      return shownFromRow(row);
    } catch (cause) {
      this.log.error('a rollout is left out of a list', cause, { rollout: row.id });
      return undefined;
    }
  }

  /** The bundles that open rollouts bring to devices. */
  wantedBundles(database: Pick<DataSource, 'query'>): Promise<WantedBundle[]> {
    return database.query(
      `SELECT DISTINCT r.fleet, v.bundle_sha256 AS bundle
       FROM rollouts r
       JOIN known_variants v ON v.version_id = r.version_id
            AND v.name IN (SELECT t ->> 'variant' FROM jsonb_array_elements(r.spec #> '{spec,targets}') AS t)
       WHERE r.ended_at IS NULL AND r.state NOT IN ('rolling-back', 'aborting')`,
    );
  }
}
