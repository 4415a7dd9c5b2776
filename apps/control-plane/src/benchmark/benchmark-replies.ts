import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isFinalReply, type BenchmarkReply } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { CommandReplies, type ReceivedReply } from '../commands/command-replies.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { ChunkPublisher } from '../registry/chunk-publisher.js';
import { BenchmarkStore, type BenchmarkEnd, type BenchmarkRow } from './benchmark.store.js';
import { MeasuredResults } from './measured-results.js';

/** Advances benchmarks by what their devices reply, and keeps what was measured. */
@Injectable()
export class BenchmarkReplies implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly replies: CommandReplies,
    private readonly store: BenchmarkStore,
    private readonly results: MeasuredResults,
    private readonly audit: AuditService,
    private readonly reports: PeerReports,
    private readonly chunks: ChunkPublisher,
  ) {}

  onModuleInit(): void {
    this.replies.handle('benchmark', (reply) => this.take(reply));
  }

  /** Idempotent: an ended benchmark stays ended, whatever arrives again or late. */
  private async take({ fleet, device, message }: ReceivedReply<'benchmark'>): Promise<void> {
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

  private async end(manager: EntityManager, row: BenchmarkRow, message: BenchmarkReply): Promise<void> {
    const end: BenchmarkEnd =
      message.state === 'succeeded'
        ? await this.results.keep(manager, row, message.results)
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
}
