import { Injectable } from '@nestjs/common';
import { MANIFEST_REJECTIONS, type DevicePolicy } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import type { DeviceModel } from '../messaging/outbox.js';
import { reportedVariant } from './reported-variant.sql.js';

/** The device's own word makes us sign so often; a version that was given up once more is for a person to look at. */
const MOST_PER_HOUR = 6;

/** Why a device takes no manifest of ours, be it of another version: one after the other would be signed for nothing. */
const FINAL_REJECTIONS = MANIFEST_REJECTIONS.filter((code) => code !== 'manifest-abandoned');

/** A model of which a device gave up what is desired, its row locked until the transaction ends. */
export interface LockedTarget extends DeviceModel {
  readonly fleet: string;
  readonly policy: DevicePolicy;
  /** What the device runs of the model, where this fleet's registry knows it. */
  readonly versionId: string | null;
  readonly variant: string | null;
  /** It runs what it gave up, for want of another. */
  readonly runsIt: boolean;
  /** It rejects every manifest of ours. */
  readonly rejectsManifests: boolean;
  /** It gave up repeatedly what was signed for it. */
  readonly givesUpOften: boolean;
}

/** SQL of targets that their devices refused or went back from. */
@Injectable()
export class AbandonedTargetStore {
  /** The rollouts that brought targets to devices that gave them up. */
  async rollouts(manager: EntityManager): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT DISTINCT p.rollout_id AS id
       FROM device_desired w JOIN deployments p ON p.id = w.deployment_id AND p.given_up
       WHERE p.rollout_id IS NOT NULL`,
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Targets that were given up, of no rollout or of one of these: named are those that have ended, so that one that begins
   * meanwhile keeps its devices. Rows of other writers are left to them.
   */
  lock(manager: EntityManager, endedRollouts: readonly string[], limit: number): Promise<LockedTarget[]> {
    return manager.query(
      `SELECT w.device, w.model, w.fleet, w.policy, running.version_id AS "versionId", running.name AS variant,
              EXISTS (SELECT FROM device_slots s WHERE s.device = w.device AND s.slot = 'current'
                      AND s.model = w.model AND s.bundle_sha256 = p.bundle_sha256) AS "runsIt",
              coalesce(p.reason ->> 'code' = ANY ($2::text[]), false) AS "rejectsManifests",
              (SELECT count(*) FROM deployments s WHERE s.device = w.device AND s.model = w.model
                 AND s.rollout_id IS NULL AND s.created_at > now() - interval '1 hour') >= ${MOST_PER_HOUR} AS "givesUpOften"
       FROM device_desired w
       JOIN deployments p ON p.id = w.deployment_id AND p.given_up
       JOIN known_devices d ON d.id = w.device AND d.retired_at IS NULL
       LEFT JOIN LATERAL (
         ${reportedVariant('w.model')} LIMIT 1
       ) running ON true
       WHERE p.rollout_id IS NULL OR p.rollout_id = ANY ($1::uuid[])
       ORDER BY w.device, w.model LIMIT $3 FOR UPDATE OF w SKIP LOCKED`,
      [endedRollouts, FINAL_REJECTIONS, limit],
    );
  }
}
