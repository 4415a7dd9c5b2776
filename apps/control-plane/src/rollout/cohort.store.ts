import { Injectable } from '@nestjs/common';
import type { BundleDocument, DeviceFacts } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { slices } from '../platform/slices.js';
import { reportedVariant } from '../trust/reported-variant.sql.js';

/** One selected device as a rollout of one model sees it at its start. */
export interface SelectedDevice {
  readonly device: string;
  readonly online: boolean;
  readonly facts: DeviceFacts;
  /**
   * Other models that it has, is to run, or that an open rollout brings to it; none that it may keep only until another
   * takes its place.
   */
  readonly others: readonly string[];
  /** Models that its agent runs at most; null where it has not reported yet. */
  readonly maxModels: number | null;
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

/** A version that devices run. */
export interface FormerVersion {
  readonly id: string;
  readonly version: string;
  readonly task: BundleDocument['task'];
  readonly output: BundleDocument['output'];
  /** Of all its variants. */
  readonly bundles: readonly string[];
}

const START_LOCK = 7_240_114;

/** SQL of a rollout's start. */
@Injectable()
export class CohortStore {
  /** Starts of one fleet take turns: two at once could both find a device free. */
  async lockStarts(manager: EntityManager, fleet: string): Promise<void> {
    await manager.query(`SELECT pg_advisory_xact_lock(${START_LOCK}, hashtext($1))`, [fleet]);
  }

  /** A device never goes back to what it gave up itself, though it may still run it for want of another. */
  async selected(
    manager: EntityManager,
    devices: readonly string[],
    model: string,
  ): Promise<SelectedDevice[]> {
    const found: SelectedDevice[] = [];
    for (const slice of slices(devices)) found.push(...(await this.selectedAmong(manager, slice, model)));
    return found;
  }

  private selectedAmong(
    manager: EntityManager,
    devices: readonly string[],
    model: string,
  ): Promise<SelectedDevice[]> {
    return manager.query(
      `SELECT d.id AS device, d.online, d.facts, d.max_models AS "maxModels", has.others,
              coalesce(running.version_id, meant.version_id) AS "previousVersionId",
              coalesce(running.name, meant.variant) AS "previousVariant",
              running.version_id IS NOT NULL AS "previousInstalled"
       FROM known_devices d
       LEFT JOIN known_targets w ON w.device = d.id AND w.model = $2
       LEFT JOIN LATERAL (
         ${reportedVariant('$2')}
           AND NOT EXISTS (SELECT FROM reported_deployments t
                           WHERE t.device = d.id AND t.model = $2 AND t.given_up
                             AND t.bundle_sha256 = x.bundle_sha256)
         LIMIT 1
       ) running ON true
       LEFT JOIN known_deployments p ON p.id = w.deployment_id
       LEFT JOIN LATERAL (
         SELECT w.version_id, w.variant WHERE NOT coalesce(p.given_up, false)
       ) meant ON true
       CROSS JOIN LATERAL (
         SELECT coalesce(array_agg(DISTINCT o.model ORDER BY o.model), '{}') AS others
         FROM (SELECT s.model FROM device_slots s
               LEFT JOIN known_targets u ON u.device = s.device AND u.model = s.model
               WHERE s.device = d.id AND NOT coalesce(u.unassigned AND u.version_id IS NULL, false)
               UNION ALL
               SELECT u.model FROM known_targets u WHERE u.device = d.id AND u.version_id IS NOT NULL
               UNION ALL
               SELECT r.model FROM rollout_members m JOIN rollouts r ON r.id = m.rollout_id AND r.ended_at IS NULL
               WHERE m.device = d.id) AS o
         WHERE o.model <> $2
       ) has
       WHERE d.id = ANY ($1::text[])`,
      [devices, model],
    );
  }

  async versions(manager: EntityManager, ids: readonly string[]): Promise<FormerVersion[]> {
    return manager.query(
      `SELECT v.id, v.version, v.task, v.output, array_agg(x.bundle_sha256) AS bundles
       FROM known_versions v JOIN known_variants x ON x.version_id = v.id
       WHERE v.id = ANY ($1::uuid[]) GROUP BY v.id, v.version, v.task, v.output, v.created_at ORDER BY v.created_at DESC, v.id`,
      [ids],
    );
  }

  /** A device that takes part in another open rollout of the model. */
  async busy(
    manager: EntityManager,
    devices: readonly string[],
    model: string,
  ): Promise<BusyDevice | undefined> {
    for (const slice of slices(devices)) {
      const busy = await this.busyAmong(manager, slice, model);
      if (busy) return busy;
    }
    return undefined;
  }

  private async busyAmong(
    manager: EntityManager,
    devices: readonly string[],
    model: string,
  ): Promise<BusyDevice | undefined> {
    const [row] = await manager.query<BusyDevice[]>(
      `SELECT m.device, r.id AS "rolloutId", v.model || '@' || v.version AS target
       FROM rollout_members m
       JOIN rollouts r ON r.id = m.rollout_id AND r.ended_at IS NULL AND r.model = $2
       JOIN known_versions v ON v.id = r.version_id
       WHERE m.device = ANY ($1::text[]) ORDER BY m.device LIMIT 1`,
      [devices, model],
    );
    return row;
  }
}
