import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AdminCaller } from '../platform/http/caller.js';
import { ControlPlaneError } from '../platform/errors.js';
import { VersionService } from '../registry/version.service.js';
import { CohortStore } from './cohort.store.js';

/** Retires a version where no rollout to it is under way. */
@Injectable()
export class VersionRetirement {
  constructor(
    private readonly database: DataSource,
    private readonly cohorts: CohortStore,
    private readonly versions: VersionService,
  ) {}

  /**
   * Nothing new begins with it: no rollout, no cloud model, no measurement. Devices that run it keep it, and their
   * manifests are renewed: a device with a verified model never ends without one. A rollout may still go back to it.
   *
   * @throws ControlPlaneError `version-not-found`, `version-state`
   */
  async retire(caller: AdminCaller, model: string, version: string, why: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      // In turn with starts of rollouts: one that begins now would find it released.
      await this.cohorts.lockStarts(manager, caller.fleet);
      await this.versions.retire(manager, caller, { model, version, why });
      const rollout = await this.openRollout(manager, caller.fleet, model, version);
      if (rollout === undefined) return;
      throw new ControlPlaneError(
        'version-state',
        `Rollout ${rollout} to ${model}@${version} is under way; it has to end first.`,
      );
    });
  }

  private async openRollout(
    manager: EntityManager,
    fleet: string,
    model: string,
    version: string,
  ): Promise<string | undefined> {
    const [row] = await manager.query<{ id: string }[]>(
      `SELECT r.id FROM rollouts r JOIN known_versions v ON v.id = r.version_id
       WHERE r.ended_at IS NULL AND v.fleet = $1 AND v.model = $2 AND v.version = $3 LIMIT 1`,
      [fleet, model, version],
    );
    return row?.id;
  }
}
