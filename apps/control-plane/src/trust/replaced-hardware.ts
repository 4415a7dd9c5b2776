import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DeploymentStore } from './deployment.store.js';
import { DesiredStateService } from './desired-state.service.js';
import { DesiredStore } from './desired.store.js';
import { REPORTED_VARIANT } from './reported-variant.sql.js';

interface Standing {
  /**
   * The former hardware gave its target up, or the rollout that brought the target went back from it, or was aborted before
   * this device had switched, as far as is known of one that was retired.
   */
  readonly abandoned: boolean;
  /** A rollout still looks after the deployment, and lets it go on where it is held. */
  readonly followed: boolean;
  /** What that rollout would send it back to; else what the former hardware ran instead. */
  readonly versionId: string | null;
  readonly variant: string | null;
}

/** New hardware under a known id: it holds nothing yet, and shall run what the former hardware should. */
@Injectable()
export class ReplacedHardware {
  constructor(
    private readonly store: DesiredStore,
    private readonly deployments: DeploymentStore,
    private readonly desired: DesiredStateService,
  ) {}

  /**
   * Begins the device's deployment once more, the same one: a rollout that it is of goes on with the new hardware. A target
   * that was given up, or withdrawn, is not tried again; what ran before is. While the device's former report is still stored.
   */
  async begin(manager: EntityManager, fleet: string, device: string): Promise<void> {
    const [row] = await this.store.lock(manager, fleet, [device]);
    if (!row || row.versionId === null || row.policy === null) return;
    const { abandoned, followed, versionId, variant } = await this.standing(manager, device);
    if (!abandoned) {
      if (row.deploymentId !== null) {
        await this.deployments.restart(manager, row.deploymentId, row.sequence + 1);
      }
      // A hold whose rollout has ended would never be lifted.
      await this.desired.signAnew(manager, [{ ...row, order: followed ? row.order : null }]);
    } else if (versionId !== null && variant !== null) {
      await this.desired.replaceTarget(manager, row, { versionId, variant });
    } else {
      await this.desired.clear(manager, fleet, [device]);
    }
  }

  private async standing(manager: EntityManager, device: string): Promise<Standing> {
    const [standing] = await manager.query<Standing[]>(
      `SELECT coalesce(p.state IN ('refused', 'rolled-back'), false) OR coalesce(last.stopped, false) AS abandoned,
              coalesce(last.open, false) AS followed,
              coalesce(last.previous_version_id, running.version_id) AS "versionId",
              CASE WHEN last.previous_version_id IS NULL THEN running.name ELSE last.previous_variant END AS variant
       FROM device_desired w
       JOIN devices d ON d.id = w.device
       LEFT JOIN deployments p ON p.id = w.deployment_id
       LEFT JOIN LATERAL (
         ${REPORTED_VARIANT} AND x.version_id <> w.version_id LIMIT 1
       ) running ON true
       LEFT JOIN LATERAL (
         SELECT b.ended_at IS NULL AS open, m.previous_version_id, m.previous_variant,
                b.status ->> 'rollback' IS NOT NULL
                  OR b.status ->> 'withdrawal' IS NOT NULL AND p.state NOT IN ('active', 'committed') AS stopped
         FROM rollouts b JOIN rollout_members m ON m.rollout_id = b.id AND m.device = w.device
         WHERE b.version_id = w.version_id AND m.deployment_id = w.deployment_id LIMIT 1
       ) last ON true
       WHERE w.device = $1`,
      [device],
    );
    return standing ?? { abandoned: false, followed: false, versionId: null, variant: null };
  }
}
