import { Injectable } from '@nestjs/common';
import type { DevicePolicy } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Outbox } from '../messaging/outbox.js';
import { Log } from '../platform/log.js';
import { DesiredStateService } from './desired-state.service.js';
import { revertPolicy } from './device-policies.js';

const BATCH = 100;

interface Abandoned {
  readonly device: string;
  readonly fleet: string;
  readonly policy: DevicePolicy;
  /** What the device runs, where this fleet's registry knows it. */
  readonly versionId: string | null;
  readonly variant: string | null;
  /** The last rollout that brought it there went back from it. */
  readonly failed: boolean;
}

/**
 * A target that its device refused or rolled back from is never signed again. Where no rollout looks after the device any
 * more, its desired state is pointed to what it runs. A device that runs nothing of ours is asked for nothing, and so is
 * one that runs what a rollout went back from, having refused the way back: a bad version is nobody's wish.
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
      settled = await this.database.transaction((manager) => this.#settleBatch(manager));
      if (settled > 0) this.outbox.kick();
    }
  }

  async #settleBatch(manager: EntityManager): Promise<number> {
    const rows = await manager.query<Abandoned[]>(
      `SELECT w.device, w.fleet, w.policy, running.version_id AS "versionId", running.name AS variant,
              coalesce(last.failed, false) AS failed
       FROM device_desired w
       JOIN deployments p ON p.id = w.deployment_id AND p.state IN ('refused', 'rolled-back')
       JOIN devices d ON d.id = w.device AND d.retired_at IS NULL
       LEFT JOIN rollouts r ON r.id = p.rollout_id
       LEFT JOIN LATERAL (
         SELECT x.version_id, x.name FROM variants x JOIN versions v ON v.id = x.version_id AND v.fleet = w.fleet
         WHERE x.bundle_sha256 = d.reported #>> '{slots,current,bundle}' LIMIT 1
       ) running ON true
       LEFT JOIN LATERAL (
         SELECT b.status ->> 'rollback' IS NOT NULL AS failed
         FROM rollouts b JOIN rollout_members m ON m.rollout_id = b.id AND m.device = w.device
         WHERE b.version_id = running.version_id AND m.deployment_id IS NOT NULL AND b.ended_at IS NOT NULL
         ORDER BY b.ended_at DESC LIMIT 1
       ) last ON true
       WHERE r.id IS NULL OR r.ended_at IS NOT NULL
       ORDER BY w.device LIMIT ${BATCH} FOR UPDATE OF w SKIP LOCKED`,
    );
    for (const { device, fleet, policy, versionId, variant, failed } of rows) {
      if (versionId !== null && variant !== null && !failed) {
        await this.desired.assign(manager, {
          fleet,
          targets: new Map([[device, { versionId, variant }]]),
          policy: revertPolicy(policy),
          rolloutId: null,
        });
      } else {
        await this.desired.clear(manager, fleet, [device]);
      }
      if (failed)
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
        detail: { versionId, variant, failed },
      });
    }
    return rows.length;
  }
}
