import { Injectable } from '@nestjs/common';
import type { DeviceFacts } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';

/** One selected device as a rollout's start looks at it. */
export interface Candidate {
  readonly device: string;
  readonly online: boolean;
  readonly facts: DeviceFacts;
  /** The model it runs or is meant to run; null for none. */
  readonly model: string | null;
  readonly previousVersionId: string | null;
  readonly previousVariant: string | null;
  /** False where it was only meant to run the previous version, and runs nothing. */
  readonly previousInstalled: boolean;
}

export interface BusyDevice {
  readonly device: string;
  readonly rolloutId: string;
  readonly target: string;
}

const START_LOCK = 7_240_114;

/** SQL of a rollout's start. */
@Injectable()
export class CohortStore {
  /** Starts of one fleet take turns: two at once could both find a device free. */
  async lockStarts(manager: EntityManager, fleet: string): Promise<void> {
    await manager.query(`SELECT pg_advisory_xact_lock(${START_LOCK}, hashtext($1))`, [fleet]);
  }

  /** What a device itself gave up is nothing to go back to. */
  async candidates(manager: EntityManager, devices: readonly string[]): Promise<Candidate[]> {
    return manager.query(
      `SELECT d.id AS device, d.online, d.facts, coalesce(d.reported #>> '{slots,current,model}', v.model) AS model,
              coalesce(running.version_id, meant.version_id) AS "previousVersionId",
              coalesce(running.name, meant.variant) AS "previousVariant",
              running.version_id IS NOT NULL AS "previousInstalled"
       FROM devices d
       LEFT JOIN device_desired w ON w.device = d.id
       LEFT JOIN versions v ON v.id = w.version_id
       LEFT JOIN LATERAL (
         SELECT x.version_id, x.name FROM variants x JOIN versions y ON y.id = x.version_id AND y.fleet = d.fleet
         WHERE x.bundle_sha256 = d.reported #>> '{slots,current,bundle}' LIMIT 1
       ) running ON true
       LEFT JOIN deployments p ON p.id = w.deployment_id
       LEFT JOIN LATERAL (
         SELECT w.version_id, w.variant WHERE p.state IS NULL OR p.state NOT IN ('refused', 'rolled-back')
       ) meant ON true
       WHERE d.id = ANY ($1::text[])`,
      [devices],
    );
  }

  /** A device that takes part in another rollout which has not ended. */
  async busy(manager: EntityManager, devices: readonly string[]): Promise<BusyDevice | undefined> {
    const [row] = await manager.query<BusyDevice[]>(
      `SELECT m.device, r.id AS "rolloutId", v.model || '@' || v.version AS target
       FROM rollout_members m
       JOIN rollouts r ON r.id = m.rollout_id AND r.ended_at IS NULL
       JOIN versions v ON v.id = r.version_id
       WHERE m.device = ANY ($1::text[]) ORDER BY m.device LIMIT 1`,
      [devices],
    );
    return row;
  }
}
