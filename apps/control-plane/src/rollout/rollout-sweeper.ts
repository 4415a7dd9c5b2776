import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DeviceChangesStore } from '../fleet/device-changes.store.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { KEEP_CHANGES_SECONDS } from './member-cache.js';
import { RolloutStore } from './rollout.store.js';

const SWEEP_MS = 60_000;

/** Deletes notes to decisions that are no longer needed. */
@Injectable()
export class RolloutSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly rollouts: RolloutStore,
    private readonly changes: DeviceChangesStore,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic('sweeping notes of rollouts', SWEEP_MS, () => this.sweep(), this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  async sweep(): Promise<void> {
    await this.changes.sweep(KEEP_CHANGES_SECONDS);
    await this.rollouts.sweepWakes();
  }
}
