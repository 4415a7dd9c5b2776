import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { inBatches } from '../platform/in-batches.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { DeviceCommandStore } from './device-command.store.js';

const LOOK_MS = 5_000;
const BATCH = 100;

/** Ends commands whose device never came, or never said how it ended; the device knows the same expiry. */
@Injectable()
export class DeviceCommandExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly store: DeviceCommandStore,
    private readonly audit: AuditService,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic('expiring commands', LOOK_MS, (signal) => this.run(signal), this.log);
    this.periodic.kick();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  private async run(signal: AbortSignal): Promise<void> {
    await inBatches(BATCH, signal, () => this.expireBatch());
    await this.store.forgetLines();
  }

  private expireBatch(): Promise<number> {
    return this.database.transaction(async (manager) => {
      const overdue = await this.store.lockOverdue(manager, BATCH);
      for (const { id, fleet, device, kind } of overdue) {
        await this.store.end(manager, id, 'expired');
        await this.audit.record(manager, {
          ...{ fleet, actor: 'commands', action: `device.${kind}.expired`, subject: device },
          detail: { command: id },
        });
      }
      return overdue.length;
    });
  }
}
