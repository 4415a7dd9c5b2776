import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import { verifyManifest } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { DesiredStateService } from './desired-state.service.js';
import { DesiredStore } from './desired.store.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';

/** Signs anew for devices that enrolled once more, and pinned the current key. */
@Injectable()
export class RepinnedDevices implements OnModuleInit {
  constructor(
    private readonly key: ManifestKey,
    private readonly store: DesiredStore,
    private readonly desired: DesiredStateService,
    private readonly lifecycle: DeviceLifecycle,
  ) {}

  onModuleInit(): void {
    this.lifecycle.follow({
      pinned: (manager, { fleet, device }) => this.signAnew(manager, fleet, device),
    });
  }

  /**
   * A device refuses what a lost key signed. What it gave up is not signed again: the device no longer knows that it did, and
   * would take it for new.
   */
  private async signAnew(manager: EntityManager, fleet: string, device: string): Promise<void> {
    const locked = await this.store.lock(manager, fleet, [device]);
    const rows = await manager.query<{ jws: GeneralJws }[]>(
      `SELECT w.jws FROM device_desired w LEFT JOIN deployments p ON p.id = w.deployment_id
       WHERE w.device = $1 AND w.jws IS NOT NULL
         AND NOT coalesce(p.given_up, false)`,
      [device],
    );
    for (const { jws } of rows) {
      const verified = await verifyManifest(jws, this.key.publicJwk(), { fleet, device, now: 'any-time' });
      if (!verified.ok) await this.desired.signAnew(manager, locked);
    }
  }
}
