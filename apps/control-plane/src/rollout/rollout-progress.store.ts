import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** How far a rollout's members are. */
export interface MemberProgress {
  /** By deployment state; `pending` are those not reached yet, `retired` those that never will be. */
  readonly states: Readonly<Record<string, number>>;
  /** Reached, not finished, and offline. */
  readonly offline: { readonly count: number; readonly devices: readonly string[] };
}

interface Row {
  readonly rollout_id: string;
  readonly state: string;
  readonly count: number;
  readonly offline: number;
  readonly offline_devices: readonly string[] | null;
}

/** As many as a line can name. */
const MOST_NAMED = 5;

export const NO_PROGRESS: MemberProgress = { states: {}, offline: { count: 0, devices: [] } };

/** Counts a rollout's members. */
@Injectable()
export class RolloutProgressStore {
  constructor(private readonly database: DataSource) {}

  async of(rolloutIds: readonly string[]): Promise<Map<string, MemberProgress>> {
    const rows = await this.database.query<Row[]>(
      `SELECT m.rollout_id, coalesce(p.state, CASE WHEN d.retired_at IS NULL THEN 'pending' ELSE 'retired' END) AS state,
              count(*)::int AS count, count(*) FILTER (WHERE away.is_so)::int AS offline,
              (array_agg(m.device ORDER BY m.position) FILTER (WHERE away.is_so))[1:${MOST_NAMED}] AS offline_devices
       FROM rollout_members m
       JOIN known_devices d ON d.id = m.device
       LEFT JOIN known_deployments p ON p.id = m.deployment_id
       CROSS JOIN LATERAL (
         SELECT p.id IS NOT NULL AND p.ended_at IS NULL AND NOT d.online AND d.retired_at IS NULL AS is_so
       ) away
       WHERE m.rollout_id = ANY ($1::uuid[]) GROUP BY 1, 2 ORDER BY 1, 2`,
      [rolloutIds],
    );
    const byRollout = new Map<string, MemberProgress>();
    for (const { rollout_id: id, state, count, offline, offline_devices: named } of rows) {
      const before = byRollout.get(id) ?? NO_PROGRESS;
      byRollout.set(id, {
        states: { ...before.states, [state]: count },
        offline: {
          count: before.offline.count + offline,
          devices: [...before.offline.devices, ...(named ?? [])].slice(0, MOST_NAMED),
        },
      });
    }
    return byRollout;
  }
}
