import { Injectable } from '@nestjs/common';
import type { DeploymentState, Reason } from '@hamon/contracts';
import type { ObservedMember } from '@hamon/rollout';
import { DataSource, type EntityManager } from 'typeorm';

export interface NewMember {
  readonly device: string;
  readonly position: number;
  readonly variant: string;
  readonly hardwareClass: string;
  readonly previousVersionId: string | null;
  readonly previousVariant: string | null;
  readonly previousInstalled: boolean;
}

/** What a member ran, or was meant to run, before the rollout. */
export interface Previous {
  readonly device: string;
  readonly versionId: string | null;
  readonly variant: string | null;
}

interface ObservedRow {
  readonly device: string;
  readonly position: number;
  readonly variant: string;
  readonly bundle: string;
  readonly online: boolean;
  readonly online_since: Date | null;
  readonly previous_bundle: string | null;
  readonly current_bundle: string | null;
  readonly can_shadow: boolean;
  readonly state: DeploymentState | null;
  readonly assigned_at: Date;
  readonly reason: Reason | null;
  readonly revert_state: DeploymentState | null;
  readonly revert_reason: Reason | null;
  readonly cleared: boolean;
}

export interface MemberRow {
  readonly device: string;
  readonly position: number;
  readonly variant: string;
  readonly hardware_class: string;
  readonly state: DeploymentState | null;
  readonly online: boolean;
  readonly previous_version: string | null;
  readonly reason: Reason | null;
}

/** SQL of a rollout's members. */
@Injectable()
export class RolloutMemberStore {
  constructor(private readonly database: DataSource) {}

  async insert(manager: EntityManager, rolloutId: string, members: readonly NewMember[]): Promise<void> {
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

  /** Everybody whom the ripple has reached, and the members at positions below `count`. */
  async observe(manager: EntityManager, rolloutId: string, count: number): Promise<ObservedMember[]> {
    const rows = await manager.query<ObservedRow[]>(
      `SELECT m.device, m.position, m.variant, own.bundle_sha256 AS bundle,
              d.online AND d.retired_at IS NULL AS online, d.online_since,
              before.bundle_sha256 AS previous_bundle, d.reported #>> '{slots,current,bundle}' AS current_bundle,
              coalesce((d.reported ->> 'roomForTwo')::boolean, true) AS can_shadow,
              p.state, p.created_at AS assigned_at, p.reason, back.state AS revert_state, back.reason AS revert_reason,
              m.deployment_id IS NOT NULL AND m.previous_version_id IS NULL
                AND w.deployment_id IS DISTINCT FROM m.deployment_id AS cleared
       FROM rollout_members m
       JOIN rollouts r ON r.id = m.rollout_id
       JOIN variants own ON own.version_id = r.version_id AND own.name = m.variant
       JOIN devices d ON d.id = m.device
       LEFT JOIN variants before ON m.previous_installed AND before.version_id = m.previous_version_id AND before.name = m.previous_variant
       LEFT JOIN deployments p ON p.id = m.deployment_id
       LEFT JOIN deployments back ON back.id = m.revert_deployment_id
       LEFT JOIN device_desired w ON w.device = m.device
       WHERE m.rollout_id = $1 AND (m.position < $2 OR m.deployment_id IS NOT NULL)
       ORDER BY m.position`,
      [rolloutId, count],
    );
    return rows.map(observed);
  }

  async setDeployments(
    manager: EntityManager,
    rolloutId: string,
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    await this.#set(manager, 'deployment_id', rolloutId, ids);
  }

  async setReverts(
    manager: EntityManager,
    rolloutId: string,
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    await this.#set(manager, 'revert_deployment_id', rolloutId, ids);
  }

  async #set(
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

  async previous(manager: EntityManager, rolloutId: string, devices: readonly string[]): Promise<Previous[]> {
    return manager.query(
      `SELECT device, previous_version_id AS "versionId", previous_variant AS variant
       FROM rollout_members WHERE rollout_id = $1 AND device = ANY ($2::text[])`,
      [rolloutId, devices],
    );
  }

  /** In the order in which the ripple reaches them, from behind position `after`. */
  async list(rolloutId: string, after: number, limit: number): Promise<MemberRow[]> {
    return this.database.query(
      `SELECT m.device, m.position, m.variant, m.hardware_class, p.state, d.online AND d.retired_at IS NULL AS online,
              v.version AS previous_version, p.reason
       FROM rollout_members m
       JOIN devices d ON d.id = m.device
       LEFT JOIN deployments p ON p.id = m.deployment_id
       LEFT JOIN versions v ON v.id = m.previous_version_id
       WHERE m.rollout_id = $1 AND m.position > $2 ORDER BY m.position LIMIT $3`,
      [rolloutId, after, limit],
    );
  }

  /** Members by rollout and deployment state; `pending` are those not reached yet. */
  async progress(rolloutIds: readonly string[]): Promise<Map<string, Record<string, number>>> {
    const rows = await this.database.query<{ rollout_id: string; state: string; count: number }[]>(
      `SELECT m.rollout_id, coalesce(p.state, 'pending') AS state, count(*)::int AS count
       FROM rollout_members m LEFT JOIN deployments p ON p.id = m.deployment_id
       WHERE m.rollout_id = ANY ($1::uuid[]) GROUP BY 1, 2`,
      [rolloutIds],
    );
    const byRollout = new Map<string, Record<string, number>>();
    for (const { rollout_id, state, count } of rows) {
      byRollout.set(rollout_id, { ...byRollout.get(rollout_id), [state]: count });
    }
    return byRollout;
  }
}

function observed(row: ObservedRow): ObservedMember {
  const { device, position, variant, bundle, online, state } = row;
  return {
    device,
    position,
    variant,
    bundle,
    online,
    onlineSince: online ? (row.online_since?.toISOString() ?? null) : null,
    previousBundle: row.previous_bundle,
    currentBundle: row.current_bundle,
    canShadow: row.can_shadow,
    deployment: state && { state, assignedAt: row.assigned_at.toISOString(), reason: row.reason },
    revert: revertOf(row),
  };
}

function revertOf({
  revert_state: state,
  revert_reason: reason,
  cleared,
}: ObservedRow): ObservedMember['revert'] {
  if (state) return { state, reason };
  return cleared ? { state: 'cleared' } : null;
}
