import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Outbox } from '../messaging/outbox.js';
import { Config } from '../platform/config/config.js';
import { inBatches } from '../platform/in-batches.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { AbandonedTargets } from './abandoned-targets.js';
import { DesiredStateService } from './desired-state.service.js';
import { DesiredStore } from './desired.store.js';

const BATCH = 200;

/** Signs manifests again before they expire, so that a device can always use the retained one. */
@Injectable()
export class RenewalWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly store: DesiredStore,
    private readonly desired: DesiredStateService,
    private readonly abandoned: AbandonedTargets,
    private readonly outbox: Outbox,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const intervalMs = Math.min(60_000, Math.max(1_000, this.config.manifestTtlSeconds * 100));
    this.periodic = startPeriodic('renewing manifests', intervalMs, (signal) => this.run(signal), this.log);
    this.periodic.kick();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  private async run(signal: AbortSignal): Promise<void> {
    await this.abandoned.settle(signal);
    await inBatches(BATCH, signal, async () => {
      const renewed = await this.database.transaction(async (manager) => {
        const expiring = await this.store.lockExpiring(manager, this.config.manifestTtlSeconds / 2, BATCH);
        await this.desired.signAnew(manager, expiring);
        return expiring.length;
      });
      if (renewed > 0) this.outbox.kick();
      return renewed;
    });
  }
}
