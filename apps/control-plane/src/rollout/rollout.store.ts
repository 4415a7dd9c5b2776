import { Injectable } from '@nestjs/common';
import type { PageQuery } from '@hamon/contracts';
import type { Decision, Rollout, StageEvidence } from '@hamon/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { decodeCursor } from '../platform/http/page.js';
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
  constructor(private readonly database: DataSource) {}

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
        JSON.stringify({ spec: rollout.spec, policy }),
        JSON.stringify(rollout.status),
        JSON.stringify(evidence),
        rollout.status.state,
      ],
    );
  }

  /** The rollout that has waited longest for a decision, locked; another replica's is left to it. */
  async lockDue(manager: EntityManager): Promise<StoredRollout | undefined> {
    const [row] = await manager.query<RolloutRow[]>(
      `SELECT ${COLUMNS} FROM rollouts WHERE ended_at IS NULL AND wake_at <= clock_timestamp()
       ORDER BY wake_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    return row && fromRow(row);
  }

  async lock(manager: EntityManager, fleet: string, id: string): Promise<StoredRollout | undefined> {
    const [row] = await manager.query<RolloutRow[]>(
      `SELECT ${COLUMNS} FROM rollouts WHERE fleet = $1 AND id = $2 FOR UPDATE`,
      [fleet, id],
    );
    return row && fromRow(row);
  }

  /** Of whichever fleet. */
  async lockById(manager: EntityManager, id: string): Promise<StoredRollout | undefined> {
    const [row] = await manager.query<RolloutRow[]>(
      `SELECT ${COLUMNS} FROM rollouts WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row && fromRow(row);
  }

  async save(
    manager: EntityManager,
    { id, status }: Rollout,
    { evidence, cursor }: Omit<EvidenceState, 'more'>,
    wakeAt: Decision['wakeAt'] | null,
  ): Promise<void> {
    await manager.query(
      `UPDATE rollouts SET status = $2, state = $3, evidence = $4, evidence_cursor = $5, wake_at = $6, ended_at = $7,
              decision_failures = 0
       WHERE id = $1`,
      [
        id,
        JSON.stringify(status),
        status.state,
        JSON.stringify(evidence),
        cursor,
        wakeAt ?? null,
        status.endedAt,
      ],
    );
  }

  /**
   * Decides again soon wherever one of these devices takes part. Also where a rollout is due already: it may just be
   * decided on without what was stored now, and this waits until that is over.
   */
  async wake(devices: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE rollouts r SET wake_at = now()
       WHERE r.ended_at IS NULL
         AND EXISTS (SELECT FROM rollout_members m WHERE m.rollout_id = r.id AND m.device = ANY ($1::text[]))`,
      [devices],
    );
  }

  /** Takes a rollout out of the others' way after a decision failed; answers how many in a row have. */
  async postpone(id: string, seconds: number): Promise<number> {
    const [rows] = await this.database.query<[{ failures: number }[], number]>(
      `UPDATE rollouts SET wake_at = now() + make_interval(secs => $2), decision_failures = decision_failures + 1
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

  /** Newest first, one more than asked for where there is one; each with its place in the list. */
  async list(fleet: string, query: PageQuery): Promise<{ stored: ShownRollout; key: readonly string[] }[]> {
    const before = decodeCursor(query, ['timestamp', 'uuid']);
    const rows = await this.database.query<(ShownRow & { key: string })[]>(
      `SELECT ${SHOWN}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS key
       FROM rollouts
       WHERE fleet = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $4`,
      [fleet, before?.[0] ?? null, before?.[1] ?? null, query.limit + 1],
    );
    return rows.map((row) => ({ stored: shownFromRow(row), key: [row.key, row.id] }));
  }
}
