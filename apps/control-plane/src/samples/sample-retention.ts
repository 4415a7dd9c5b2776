import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { FleetPolicyStore } from '../fleet/fleet-policy.store.js';
import { inBatches } from '../platform/in-batches.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { slices } from '../platform/slices.js';
import { SampleKeeper } from './sample-keeper.js';
import { SampleMetrics } from './sample-metrics.js';
import { SampleStores } from './sample-stores.js';

const EVERY_MS = 10 * 60_000;
/** What a crash left is seldom, and looking for it reads the whole folder. */
const LEFT_EVERY_MS = 3_600_000;
/** Rows that one transaction deletes: uploads of the fleet wait for it. */
const BATCH = 500;
/** A file without a row that is younger may be about to get one. */
const GRACE_MS = 3_600_000;

/**
 * Deletes samples once their fleet's retention time is over: rows first, then files, so that a crash in between leaves files that
 * nothing names, and these are found by the next run.
 */
@Injectable()
export class SampleRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private periodics: readonly Periodic[] = [];

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
    this.periodics = [
      startPeriodic('deleting old samples', EVERY_MS, (signal) => this.sweep(signal), this.log),
      startPeriodic('removing left pictures', LEFT_EVERY_MS, (signal) => this.removeLeft(signal), this.log),
    ];
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.periodics.map((periodic) => periodic.stop()));
  }

  /** Deletes all that is due. */
  async sweep(signal?: AbortSignal): Promise<void> {
    for (const { fleet } of await this.stores.budgets.totals()) {
      const { retentionDays } = (await this.policies.current(fleet)).samples;
      await inBatches(BATCH, signal, () => this.expire(fleet, retentionDays));
    }
    await this.stores.budgets.forgetOldDays();
  }

  /** Removes files that no sample names: a process was killed between the two. */
  async removeLeft(signal?: AbortSignal): Promise<void> {
    const { files, samples } = this.stores;
    const before = Date.now() - GRACE_MS;
    for (const fleet of await files.fleets()) {
      const stored = files.of(fleet);
      for (const digests of slices(await stored.list())) {
        for (const sha256 of await samples.unused(fleet, digests)) {
          if (signal?.aborted) return;
          const entry = await files.disk.stat(stored.pathOf(sha256));
          if (entry && entry.modifiedAtMs < before) await this.keeper.removeUnused(fleet, sha256);
        }
      }
    }
    await files.clearUploads();
  }

  /** A batch of what is due in a fleet, with an entry of the ledger that says how much it was. */
  private async expire(fleet: string, retentionDays: number): Promise<number> {
    const gone = await this.database.transaction(async (manager) => {
      const rows = await this.stores.samples.deleteOld(manager, fleet, retentionDays, BATCH);
      if (rows.length === 0) return rows;
      const charged = rows.reduce((sum, row) => sum + row.charged, 0);
      await this.stores.budgets.giveBack(manager, fleet, rows.length, charged);
      await this.audit.record(manager, {
        ...{ fleet, actor: 'samples', action: 'sample.expire', subject: fleet },
        detail: { deleted: rows.length, retentionDays },
      });
      return rows;
    });
    this.metrics.deleted(gone.length);
    for (const sha256 of new Set(gone.map((row) => row.sha256))) {
      await this.keeper.removeUnused(fleet, sha256);
    }
    return gone.length;
  }
}
