import { Injectable } from '@nestjs/common';
import { MANIFEST_REJECTIONS, type DevicePolicy } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { REPORTED_VARIANT } from './reported-variant.sql.js';

/** A device's report makes us sign so often; after that a person has to look at a version that is given up again. */
const MOST_PER_HOUR = 6;

/** Reasons for which a device takes no manifest of ours, of any version: each would be signed for nothing. */
const FINAL_REJECTIONS = MANIFEST_REJECTIONS.filter((code) => code !== 'manifest-abandoned');

/** A device that gave up its desired version. */
export interface AbandonedTarget {
  readonly device: string;
  /** The rollout that brought it; null for none. */
  readonly rolloutId: string | null;
}

export interface LockedTarget {
  readonly device: string;
  readonly fleet: string;
  readonly policy: DevicePolicy;
  /** What the device runs, where this fleet's registry knows it. */
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
  /** By device, after `after`. */
  page(manager: EntityManager, after: string, limit: number): Promise<AbandonedTarget[]> {
    return manager.query(
      `SELECT w.device, p.rollout_id AS "rolloutId"
       FROM device_desired w
       JOIN deployments p ON p.id = w.deployment_id AND p.given_up
       JOIN known_devices d ON d.id = w.device AND d.retired_at IS NULL
       WHERE w.device > $1 ORDER BY w.device LIMIT $2`,
      [after, limit],
    );
  }

  /** Those of the devices whose target is still an abandoned one; rows that others have locked are skipped. */
  lock(manager: EntityManager, devices: readonly string[]): Promise<LockedTarget[]> {
    return manager.query(
      `SELECT w.device, w.fleet, w.policy, running.version_id AS "versionId", running.name AS variant,
              EXISTS (SELECT FROM device_slots s WHERE s.device = w.device AND s.slot = 'current'
                      AND s.bundle_sha256 = p.bundle_sha256) AS "runsIt",
              coalesce(p.reason ->> 'code' = ANY ($2::text[]), false) AS "rejectsManifests",
              (SELECT count(*) FROM deployments s WHERE s.device = w.device AND s.rollout_id IS NULL
                 AND s.created_at > now() - interval '1 hour') >= ${MOST_PER_HOUR} AS "givesUpOften"
       FROM device_desired w
       JOIN deployments p ON p.id = w.deployment_id AND p.given_up
       JOIN known_devices d ON d.id = w.device AND d.retired_at IS NULL
       LEFT JOIN LATERAL (
         ${REPORTED_VARIANT} LIMIT 1
       ) running ON true
       WHERE w.device = ANY ($1::text[])
       ORDER BY w.device FOR UPDATE OF w SKIP LOCKED`,
      [devices, FINAL_REJECTIONS],
    );
  }
}
