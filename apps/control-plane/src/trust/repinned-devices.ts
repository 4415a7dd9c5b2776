import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isGivenUp } from '@hamon/contracts';
import { verifyManifest } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { DeploymentStore } from './deployment.store.js';
import { DesiredStateService } from './desired-state.service.js';
import { DesiredStore, type LockedDesired } from './desired.store.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';

/** Signs anew for devices that enrolled once more, and pinned the current key. */
@Injectable()
export class RepinnedDevices implements OnModuleInit {
  constructor(
    private readonly key: ManifestKey,
    private readonly store: DesiredStore,
    private readonly deployments: DeploymentStore,
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
    const locked = await this.store.lockAll(manager, fleet, [device]);
    const refused: LockedDesired[] = [];
    for (const row of locked) {
      if (row.jws === null || (await this.isGivenUp(manager, row.deploymentId))) continue;
      const expected = { fleet, device, now: 'any-time' } as const;
      const verified = await verifyManifest(row.jws, this.key.publicJwk(), expected);
      if (!verified.ok) refused.push(row);
    }
    await this.desired.signAnew(manager, refused);
  }

  private async isGivenUp(manager: EntityManager, deployment: string | null): Promise<boolean> {
    const state = await this.deployments.stateOf(manager, deployment);
    return state !== null && isGivenUp(state);
  }
}
