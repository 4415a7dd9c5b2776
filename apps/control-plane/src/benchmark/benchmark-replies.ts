import { Injectable } from '@nestjs/common';
import { isFinalReply, type BenchmarkResult, type DeviceFacts, type DeviceReply } from '@hamon/contracts';
import { hardwareClassOf } from '@hamon/compress';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { ChunkPublisher } from '../messaging/chunk-publisher.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { Clock } from '../platform/clock/clock.js';
import { must } from '../platform/errors.js';
import { VariantProfileStore } from '../registry/variant-profile.store.js';
import { VersionStore } from '../registry/version.store.js';
import { BenchmarkStore, type BenchmarkEnd, type BenchmarkRow } from './benchmark.store.js';
import { checkResults } from './check-results.js';

/** A reply under the fleet and device that its topic names. */
export interface ReceivedReply {
  readonly fleet: string;
  readonly device: string;
  readonly message: DeviceReply;
}

/** Moves benchmarks on by what their devices reply, and keeps what was measured. */
@Injectable()
export class BenchmarkReplies {
  constructor(
    private readonly database: DataSource,
    private readonly store: BenchmarkStore,
    private readonly versions: VersionStore,
    private readonly profiles: VariantProfileStore,
    private readonly audit: AuditService,
    private readonly reports: PeerReports,
    private readonly chunks: ChunkPublisher,
    private readonly clock: Clock,
  ) {}

  /** Idempotent: what is ended stays ended, whatever comes again or late. */
  async take(items: readonly ReceivedReply[]): Promise<void> {
    for (const item of items) await this.takeOne(item);
  }

  private async takeOne({ fleet, device, message }: ReceivedReply): Promise<void> {
    const ended = await this.database.transaction(async (manager) => {
      const row = await this.store.lock(manager, message.id);
      if (!row || row.fleet !== fleet || row.device !== device) {
        this.reports.dropped('reply', device, `it has no benchmark ${message.id}`);
        return false;
      }
      if (row.endedAt !== null) {
        if (isFinalReply(message.state)) await this.store.settle(manager, row.id);
        return false;
      }
      if (!isFinalReply(message.state)) {
        await this.store.progress(manager, row.id, message.progress);
        return false;
      }
      await this.end(manager, row, message);
      return true;
    });
    if (ended) this.chunks.kick();
  }

  private async end(manager: EntityManager, row: BenchmarkRow, message: DeviceReply): Promise<void> {
    const end: BenchmarkEnd =
      message.state === 'succeeded'
        ? await this.judge(manager, row, message.results)
        : { state: 'failed', reason: message.reason };
    await this.store.end(manager, row.id, end);
    await this.audit.record(manager, {
      ...{ fleet: row.fleet, actor: `device:${row.device}`, subject: row.device },
      action: end.state === 'succeeded' ? 'benchmark.succeed' : 'benchmark.fail',
      detail: {
        benchmark: row.id,
        model: row.model,
        version: row.version,
        ...(end.state === 'succeeded'
          ? { hardwareClass: end.hardwareClass, results: end.results }
          : { reason: end.reason }),
      },
    });
  }

  /** Figures are kept only where all of them are of this version's variants. */
  private async judge(
    manager: EntityManager,
    { fleet, device, model, version, versionId }: BenchmarkRow,
    results: readonly BenchmarkResult[],
  ): Promise<BenchmarkEnd> {
    const { variants } = await this.versions.get(fleet, model, version, manager);
    const broken = checkResults(results, variants);
    if (broken !== undefined) {
      this.reports.dropped('reply', device, broken);
      return { state: 'failed', reason: { code: 'results-invalid', detail: broken.slice(0, 500) } };
    }
    const [row] = await manager.query<{ facts: DeviceFacts }[]>(`SELECT facts FROM devices WHERE id = $1`, [
      device,
    ]);
    const hardwareClass = hardwareClassOf(must(row, `device ${device}`).facts);
    // Our own clock: a device's may be years ahead, and would then never be measured anew.
    const measuredAt = this.clock.now();
    const by = { hardwareClass, device, measuredAt };
    await this.profiles.record(
      manager,
      versionId,
      results.flatMap(({ variant, figures }) =>
        figures ? [{ variant, source: 'device' as const, figures, ...by }] : [],
      ),
    );
    await this.profiles.recordUnfit(
      manager,
      versionId,
      results.flatMap(({ variant, unfit }) => (unfit ? [{ variant, reason: unfit, ...by }] : [])),
    );
    return { state: 'succeeded', hardwareClass, results };
  }
}
