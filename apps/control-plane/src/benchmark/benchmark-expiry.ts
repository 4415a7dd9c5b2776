import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { inBatches } from '../platform/in-batches.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { BenchmarkStore } from './benchmark.store.js';
import { BenchmarkSigner } from './benchmark-signer.js';

const LOOK_MS = 5_000;
const BATCH = 100;

/**
 * Ends benchmarks whose device never came, or never finished. The device knows the same expiry; one whose clock is
 * behind would go on measuring, and is told to stop.
 */
@Injectable()
export class BenchmarkExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly store: BenchmarkStore,
    private readonly signer: BenchmarkSigner,
    private readonly audit: AuditService,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic('expiring benchmarks', LOOK_MS, (signal) => this.run(signal), this.log);
    this.periodic.kick();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  private async run(signal: AbortSignal): Promise<void> {
    await inBatches(BATCH, signal, () => this.expireBatch());
  }

  private async expireBatch(): Promise<number> {
    const overdue = await this.database.transaction(async (manager) => {
      const rows = await this.store.lockOverdue(manager, BATCH);
      for (const { id, open } of rows) {
        if (!open) await this.store.settle(manager, id);
        const row = open ? await this.store.lock(manager, id) : undefined;
        if (!row) continue;
        await this.store.end(manager, id, { state: 'expired', ...(await this.signer.stop(manager, row)) });
        await this.audit.record(manager, {
          ...{ fleet: row.fleet, actor: 'benchmark', action: 'benchmark.expire', subject: row.device },
          detail: { benchmark: id, model: row.model, version: row.version },
        });
      }
      return rows;
    });
    if (overdue.some(({ open }) => open)) this.signer.kick();
    return overdue.length;
  }
}
