import { Injectable } from '@nestjs/common';
import type { DevicePolicy } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Outbox } from '../messaging/outbox.js';
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
}

/**
 * A target that its device refused or rolled back from is never signed again. Where no rollout looks after the device any
 * more, its desired state is pointed to what it runs; a device that runs nothing of ours is asked for nothing.
 */
@Injectable()
export class AbandonedTargets {
  constructor(
    private readonly database: DataSource,
    private readonly desired: DesiredStateService,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
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
      `SELECT w.device, w.fleet, w.policy, running.version_id AS "versionId", running.name AS variant
       FROM device_desired w
       JOIN deployments p ON p.id = w.deployment_id AND p.state IN ('refused', 'rolled-back')
       JOIN devices d ON d.id = w.device AND d.retired_at IS NULL
       LEFT JOIN rollouts r ON r.id = p.rollout_id
       LEFT JOIN LATERAL (
         SELECT x.version_id, x.name FROM variants x JOIN versions v ON v.id = x.version_id AND v.fleet = w.fleet
         WHERE x.bundle_sha256 = d.reported #>> '{slots,current,bundle}' LIMIT 1
       ) running ON true
       WHERE r.id IS NULL OR r.ended_at IS NOT NULL
       ORDER BY w.device LIMIT ${BATCH} FOR UPDATE OF w SKIP LOCKED`,
    );
    for (const { device, fleet, policy, versionId, variant } of rows) {
      if (versionId !== null && variant !== null) {
        await this.desired.assign(manager, {
          fleet,
          targets: new Map([[device, { versionId, variant }]]),
          policy: revertPolicy(policy),
          rolloutId: null,
        });
      } else {
        await this.desired.clear(manager, fleet, [device]);
      }
      await this.audit.record(manager, {
        fleet,
        actor: 'trust',
        action: 'device.settle',
        subject: device,
        detail: { versionId, variant },
      });
    }
    return rows.length;
  }
}
