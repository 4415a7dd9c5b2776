import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { FleetPolicyStore } from '../fleet/fleet-policy.store.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { SampleKeeper } from './sample-keeper.js';
import { SampleMetrics } from './sample-metrics.js';
import { SampleStores } from './sample-stores.js';

const EVERY_MS = 10 * 60_000;
/** Rows that one transaction deletes: uploads of the fleet wait for it. */
const BATCH = 200;
/** A file without a row that is younger may be about to get one. */
const GRACE_MS = 3_600_000;

/**
 * Deletes samples once their fleet's retention time is over: rows first, then files, so that a crash in between leaves files that
 * nothing names, and these are found by the next run.
 */
@Injectable()
export class SampleRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly policies: FleetPolicyStore,
    private readonly stores: SampleStores,
    private readonly keeper: SampleKeeper,
    private readonly audit: AuditService,
    private readonly metrics: SampleMetrics,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = (signal: AbortSignal): Promise<void> => this.sweep(signal);
    this.periodic = startPeriodic('deleting old samples', EVERY_MS, sweep, this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  async sweep(signal?: AbortSignal): Promise<void> {
    const { budgets, files } = this.stores;
    for (const { fleet } of await budgets.totals()) await this.expire(fleet, signal);
    for (const fleet of await files.fleets()) await this.removeLeft(fleet, signal);
    await files.clearUploads();
    await budgets.forgetOldDays();
  }

  /** All that is due in a fleet; one entry of the ledger says how much it was. */
  private async expire(fleet: string, signal?: AbortSignal): Promise<void> {
    const { retentionDays } = (await this.policies.current(fleet)).samples;
    let deleted = 0;
    for (let batch = BATCH; batch === BATCH && !signal?.aborted; deleted += batch) {
      batch = await this.expireBatch(fleet, retentionDays);
    }
    if (deleted === 0) return;
    this.metrics.deleted(deleted);
    await this.audit.record(this.database.manager, {
      ...{ fleet, actor: 'samples', action: 'sample.expire', subject: fleet },
      detail: { deleted, retentionDays },
    });
  }

  private async expireBatch(fleet: string, retentionDays: number): Promise<number> {
    const gone = await this.database.transaction(async (manager) => {
      const rows = await this.stores.samples.deleteOld(manager, fleet, retentionDays, BATCH);
      const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
      if (rows.length > 0) await this.stores.budgets.giveBack(manager, fleet, rows.length, bytes);
      return rows;
    });
    for (const sha256 of new Set(gone.map((row) => row.sha256)))
      await this.keeper.removeUnused(fleet, sha256);
    return gone.length;
  }

  private async removeLeft(fleet: string, signal?: AbortSignal): Promise<void> {
    const files = this.stores.files.of(fleet);
    const before = Date.now() - GRACE_MS;
    for (const sha256 of await this.stores.samples.unused(fleet, await files.list())) {
      if (signal?.aborted) return;
      const entry = await this.stores.files.disk.stat(files.pathOf(sha256));
      if (entry && entry.modifiedAtMs < before) await this.keeper.removeUnused(fleet, sha256);
    }
  }
}
