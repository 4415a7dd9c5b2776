import { Injectable } from '@nestjs/common';
import { DEPLOYMENT_STATES, type ListQuery, type Page } from '@hamon/contracts';
import type { MemberStatusFacts, ObservedMember } from '@hamon/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import { SLICE, slices } from '../platform/slices.js';
import { memberStatusFacts, MEMBER_FACTS, MEMBER_TABLES, type MemberFactsRow } from './member-facts.js';

export interface NewMember {
  readonly device: string;
  readonly position: number;
  readonly variant: string;
  readonly hardwareClass: string;
  readonly previousVersionId: string | null;
  readonly previousVariant: string | null;
  readonly previousInstalled: boolean;
}

/** What a member ran, or was to run, before the rollout. */
export interface Previous {
  readonly device: string;
  readonly versionId: string | null;
  readonly variant: string | null;
}

interface ObservedRow extends MemberFactsRow {
  readonly device: string;
  readonly position: number;
  readonly variant: string;
  readonly hardware_class: string;
  readonly online_since: Date | null;
  readonly assigned_at: Date;
}

export interface MemberRow extends MemberFactsRow {
  readonly device: string;
  readonly position: number;
  readonly variant: string;
  readonly hardware_class: string;
  readonly retired: boolean;
  readonly previous_version: string | null;
  readonly last_seen_at: Date | null;
  readonly chunks: { readonly have: number; readonly total: number } | null;
  readonly last_frame_at: Date | null;
}

const MEMBERS = {
  columns: `m.device, m.position, m.variant, m.hardware_class, d.retired_at IS NOT NULL AS retired,
            v.version AS previous_version, d.last_seen_at, ${MEMBER_FACTS},
            (SELECT t.chunks FROM reported_deployments t WHERE t.device = m.device AND t.model = r.model) AS chunks,
            CASE WHEN p.state IN ('shadowing', 'active') THEN (
              SELECT w.ended_at FROM known_windows w
              WHERE w.device = m.device AND w.model = r.model AND w.started_at > now() - interval '2 days'
                AND ((w.body ->> 'inferences')::int > 0 OR (w.body ->> 'errors')::int > 0)
              ORDER BY w.started_at DESC LIMIT 1
            ) END AS last_frame_at`,
  from: `${MEMBER_TABLES}
         LEFT JOIN known_versions v ON v.id = m.previous_version_id`,
  scope: 'm.rollout_id = $1',
  condition: fieldCondition({
    ...{ device: 'm.device', variant: 'm.variant', class: 'm.hardware_class' },
    state: {
      sql: `CASE WHEN d.retired_at IS NULL THEN coalesce(p.state, 'pending') ELSE 'retired' END`,
      words: [...DEPLOYMENT_STATES, 'pending', 'retired'],
    },
    reason: `p.reason ->> 'code'`,
    online: `CASE WHEN d.online AND d.retired_at IS NULL THEN 'true' END`,
  }),
  key: [{ sql: 'm.position', kind: 'integer' }],
  order: 'ASC',
} as const;

/** SQL of a rollout's members. */
@Injectable()
export class RolloutMemberStore {
  constructor(private readonly database: DataSource) {}

  async insert(manager: EntityManager, rolloutId: string, members: readonly NewMember[]): Promise<void> {
    for (const slice of slices(members)) await this.insertSlice(manager, rolloutId, slice);
  }

  private async insertSlice(
    manager: EntityManager,
    rolloutId: string,
    members: readonly NewMember[],
  ): Promise<void> {
    await manager.query(
      `INSERT INTO rollout_members (rollout_id, device, position, variant, hardware_class, previous_version_id,
                                    previous_variant, previous_installed)
       SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::boolean[])`,
      [
        rolloutId,
        members.map(({ device }) => device),
        members.map(({ position }) => position),
        members.map(({ variant }) => variant),
        members.map(({ hardwareClass }) => hardwareClass),
        members.map(({ previousVersionId }) => previousVersionId),
        members.map(({ previousVariant }) => previousVariant),
        members.map(({ previousInstalled }) => previousInstalled),
      ],
    );
  }

  /**
   * Tells PostgreSQL's planner of a new cohort. The planner would take it for empty until the server counts by itself, a
   * minute later, and compare each of its devices with each window.
   */
  async countAnew(): Promise<void> {
    await this.database.query('ANALYZE rollout_members');
  }

  /**
   * All members that the rollout has reached, and those at positions below `count`; without retired ones,
   * which no rollout waits for, counts or sends back.
   * @param only where given, only these devices
   */
  async observe(
    manager: EntityManager,
    rolloutId: string,
    count: number,
    only?: readonly string[],
  ): Promise<ObservedMember[]> {
    const members: ObservedMember[] = [];
    for (let after = -1, read = SLICE; read === SLICE; after = members.at(-1)?.position ?? after) {
      const rows = await this.observeSlice(manager, rolloutId, count, after, only);
      for (const row of rows) members.push(observed(row));
      read = rows.length;
    }
    return members;
  }

  private observeSlice(
    manager: EntityManager,
    rolloutId: string,
    count: number,
    after: number,
    only: readonly string[] | undefined,
  ): Promise<ObservedRow[]> {
    return manager.query(
      `SELECT m.device, m.position, m.variant, m.hardware_class, d.online_since, p.created_at AS assigned_at, ${MEMBER_FACTS}
       FROM ${MEMBER_TABLES}
       WHERE m.rollout_id = $1 AND d.retired_at IS NULL AND (m.position < $2 OR m.deployment_id IS NOT NULL)
         AND m.position > $3
         ${only ? 'AND m.device = ANY ($4::text[])' : ''}
       ORDER BY m.position LIMIT ${SLICE}`,
      only ? [rolloutId, count, after, only] : [rolloutId, count, after],
    );
  }

  async setDeployments(
    manager: EntityManager,
    rolloutId: string,
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    await this.set(manager, 'deployment_id', rolloutId, ids);
  }

  async setReverts(
    manager: EntityManager,
    rolloutId: string,
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    await this.set(manager, 'revert_deployment_id', rolloutId, ids);
  }

  private async set(
    manager: EntityManager,
    column: 'deployment_id' | 'revert_deployment_id',
    rolloutId: string,
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    await manager.query(
      `UPDATE rollout_members m SET ${column} = n.id
       FROM unnest($2::text[], $3::uuid[]) AS n (device, id)
       WHERE m.rollout_id = $1 AND m.device = n.device`,
      [rolloutId, [...ids.keys()], [...ids.values()]],
    );
  }

  /** The deployments of this rollout, by device. */
  async deployments(
    manager: EntityManager,
    rolloutId: string,
    devices: readonly string[],
  ): Promise<Map<string, string>> {
    const rows = await manager.query<{ device: string; id: string }[]>(
      `SELECT device, deployment_id AS id FROM rollout_members
       WHERE rollout_id = $1 AND device = ANY ($2::text[]) AND deployment_id IS NOT NULL`,
      [rolloutId, devices],
    );
    return new Map(rows.map(({ device, id }) => [device, id]));
  }

  async previous(manager: EntityManager, rolloutId: string, devices: readonly string[]): Promise<Previous[]> {
    return manager.query(
      `SELECT device, previous_version_id AS "versionId", previous_variant AS variant
       FROM rollout_members WHERE rollout_id = $1 AND device = ANY ($2::text[])`,
      [rolloutId, devices],
    );
  }

  /** In the order in which the rollout reaches them. */
  async list<T>(rolloutId: string, query: ListQuery, view: (row: MemberRow) => T): Promise<Page<T>> {
    return queryPage(this.database, { ...MEMBERS, parameters: [rolloutId] }, query, view);
  }

  /** Counts members by the facts that decide their status; `retired` for those without one. */
  async statuses(
    rolloutId: string,
  ): Promise<{ readonly facts: MemberStatusFacts | 'retired'; readonly count: number }[]> {
    const rows = await this.database.query<(MemberFactsRow & { retired: boolean; count: number })[]>(
      `SELECT retired, bundle, online, previous_bundle, current_bundle, held, can_hold, state, revert_state, cleared, heard,
              count(*)::int AS count, NULL AS reason, NULL AS revert_reason
       FROM (SELECT d.retired_at IS NOT NULL AS retired, ${MEMBER_FACTS} FROM ${MEMBER_TABLES}
             WHERE m.rollout_id = $1) AS member
       GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`,
      [rolloutId],
    );
    return rows.map((row) => ({ facts: row.retired ? 'retired' : memberStatusFacts(row), count: row.count }));
  }
}

function observed(row: ObservedRow): ObservedMember {
  const { device, position, variant, online } = row;
  return {
    device,
    position,
    variant,
    hardwareClass: row.hardware_class,
    onlineSince: online ? (row.online_since?.toISOString() ?? null) : null,
    canShadow: row.can_shadow,
    ...memberStatusFacts(row),
    deployment: row.state && {
      state: row.state,
      assignedAt: row.assigned_at.toISOString(),
      reason: row.reason,
    },
  };
}
