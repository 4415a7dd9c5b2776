import { Injectable } from '@nestjs/common';
import { MANIFEST_REJECTIONS, type DevicePolicy } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Outbox } from '../messaging/outbox.js';
import { Log } from '../platform/log.js';
import { DesiredStateService } from './desired-state.service.js';
import { revertPolicy } from './device-policies.js';
import { REPORTED_VARIANT } from './reported-variant.sql.js';

const BATCH = 100;
/** The device's own word makes us sign so often; a version that was given up once more is for a person to look at. */
const MOST_PER_HOUR = 6;

/** Why a device takes no manifest of ours, be it of another version: one after the other would be signed for nothing. */
const DEAF = MANIFEST_REJECTIONS.filter((code) => code !== 'manifest-abandoned');

interface Abandoned {
  readonly device: string;
  readonly fleet: string;
  readonly policy: DevicePolicy;
  /** What the device runs, where this fleet's registry knows it. */
  readonly versionId: string | null;
  readonly variant: string | null;
  /** The last rollout that brought it there went back from it, or it is what the device gave up, for want of another. */
  readonly failed: boolean;
  /** It rejects what we sign, whatever that says. */
  readonly deaf: boolean;
  /** It gave up what was signed for it over and over. */
  readonly restless: boolean;
}

/**
 * A target that its device refused or rolled back from is never signed again. Where no rollout looks after the device any
 * more, its desired state is pointed to what it runs. A device that runs nothing of ours is asked for nothing, and so is
 * one that runs what a rollout went back from, having refused the way back: a bad version is nobody's wish. So is one that
 * rejects our very manifests, as under another key, and one that gives up whatever it is asked for: with a stolen key it
 * could have signed without end.
 */
@Injectable()
export class AbandonedTargets {
  constructor(
    private readonly database: DataSource,
    private readonly desired: DesiredStateService,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly log: Log,
  ) {}

  async settle(): Promise<void> {
    let settled = BATCH;
    while (settled === BATCH) {
      settled = await this.database.transaction((manager) => this.settleBatch(manager));
      if (settled > 0) this.outbox.kick();
    }
  }

  private async settleBatch(manager: EntityManager): Promise<number> {
    const rows = await manager.query<Abandoned[]>(
      `SELECT w.device, w.fleet, w.policy, running.version_id AS "versionId", running.name AS variant,
              coalesce(last.failed OR p.bundle_sha256 = d.reported #>> '{slots,current,bundle}', false) AS failed,
              coalesce(p.reason ->> 'code' = ANY ($1::text[]), false) AS deaf,
              (SELECT count(*) FROM deployments s WHERE s.device = w.device AND s.rollout_id IS NULL
                 AND s.created_at > now() - interval '1 hour') >= ${MOST_PER_HOUR} AS restless
       FROM device_desired w
       JOIN deployments p ON p.id = w.deployment_id AND p.state IN ('refused', 'rolled-back')
       JOIN devices d ON d.id = w.device AND d.retired_at IS NULL
       LEFT JOIN rollouts r ON r.id = p.rollout_id
       LEFT JOIN LATERAL (
         ${REPORTED_VARIANT} LIMIT 1
       ) running ON true
       LEFT JOIN LATERAL (
         SELECT b.status ->> 'rollback' IS NOT NULL AS failed
         FROM rollouts b JOIN rollout_members m ON m.rollout_id = b.id AND m.device = w.device
         WHERE b.version_id = running.version_id AND m.deployment_id IS NOT NULL AND b.ended_at IS NOT NULL
         ORDER BY b.ended_at DESC LIMIT 1
       ) last ON true
       WHERE r.id IS NULL OR r.ended_at IS NOT NULL
       ORDER BY w.device LIMIT ${BATCH} FOR UPDATE OF w SKIP LOCKED`,
      [DEAF],
    );
    for (const { device, fleet, policy, versionId, variant, failed, deaf, restless } of rows) {
      if (versionId !== null && variant !== null && !failed && !deaf && !restless) {
        await this.desired.assign(manager, {
          fleet,
          targets: new Map([[device, { versionId, variant }]]),
          policy: revertPolicy(policy),
          rolloutId: null,
        });
      } else {
        await this.desired.clear(manager, fleet, [device]);
      }
      if (deaf) this.log.warn('a device rejects what is signed for it; nothing is desired of it', { device });
      else if (restless)
        this.log.warn('a device gives up what is signed for it over and over; nothing is desired of it', {
          device,
        });
      else if (failed)
        this.log.warn('a device runs a version that a rollout went back from', { device, versionId });
      else if (versionId === null)
        this.log.warn('a device gave its version up and runs none that is known; nothing is desired of it', {
          device,
        });
      await this.audit.record(manager, {
        fleet,
        actor: 'trust',
        action: 'device.settle',
        subject: device,
        detail: { versionId, variant, failed, deaf, restless },
      });
    }
    return rows.length;
  }
}
