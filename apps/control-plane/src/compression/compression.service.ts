import type { CompressReport } from '@hamon/compress';
import { Injectable } from '@nestjs/common';
import type { CompressionView, Page } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import type { IdListQuery } from '../platform/http/id-prefix.js';
import { CompressionEventStore } from './compression-event.store.js';
import { CompressionStore } from './compression.store.js';
import { viewCompression } from './compression.view.js';

/** Shows compressions and cancels them. */
@Injectable()
export class CompressionService {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: CompressionStore,
    private readonly events: CompressionEventStore,
    private readonly audit: AuditService,
  ) {}

  /** @throws ControlPlaneError `compression-not-found` */
  async get(fleet: string, id: string): Promise<CompressionView> {
    const job = await this.jobs.find(fleet, id);
    if (job) return viewCompression(job);
    throw new ControlPlaneError('compression-not-found', `There is no compression ${id}.`);
  }

  /** Newest first. */
  async list(fleet: string, query: IdListQuery): Promise<Page<CompressionView>> {
    return this.jobs.list(fleet, query, viewCompression);
  }

  /** @throws ControlPlaneError `compression-report-not-found` before a success */
  async report(fleet: string, id: string): Promise<CompressReport> {
    const { state } = await this.get(fleet, id);
    const report = await this.jobs.report(fleet, id);
    if (report !== null) return report as CompressReport;
    throw new ControlPlaneError(
      'compression-report-not-found',
      `Compression ${id} is ${state}; a report comes with success.`,
    );
  }

  /** Ends a job that waits or runs. Cancelling a cancelled one changes nothing. */
  async cancel(caller: AdminCaller, id: string): Promise<CompressionView> {
    const { fleet } = caller;
    const cancelled = await this.database.transaction(async (manager) => {
      if (!(await this.jobs.cancel(manager, fleet, id))) return false;
      await this.events.append(manager, id, 'cancelled', `cancelled by ${caller.name}`);
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'compression.cancel',
        subject: id,
      });
      return true;
    });
    const view = await this.get(fleet, id);
    if (!cancelled && view.state !== 'cancelled') {
      throw new ControlPlaneError('compression-state', `Compression ${id} has ended already: ${view.state}.`);
    }
    return view;
  }
}
