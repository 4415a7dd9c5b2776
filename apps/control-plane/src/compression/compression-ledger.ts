import { Injectable } from '@nestjs/common';
import type { CompressionProgress } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock/clock.js';
import { CompressionEventStore } from './compression-event.store.js';
import { CompressionMetrics } from './compression-metrics.js';
import { CompressionQueue, type Lease } from './compression-queue.js';
import { CompressionStore } from './compression.store.js';
import type { CompressionReason, StoredCompression } from './stored-compression.js';

/** Attempts at a job that failed for no named reason. */
export const MAX_ATTEMPTS = 3;
const RETRY_SECONDS = 2;

/** Another process has the job by now, or it was cancelled. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Records what becomes of jobs: state, history and audit entry together, and only while the lease holds. */
@Injectable()
export class CompressionLedger {
  constructor(
    private readonly queue: CompressionQueue,
    private readonly jobs: CompressionStore,
    private readonly events: CompressionEventStore,
    private readonly audit: AuditService,
    private readonly metrics: CompressionMetrics,
    private readonly clock: Clock,
  ) {}

  /** Takes the next due job; `again` where one was given up instead, undefined where none is due. */
  takeNext(token: string): Promise<StoredCompression | 'again' | undefined> {
    return this.queue.transaction(async (manager) => {
      const next = await this.queue.lockNext(manager);
      if (!next) return undefined;
      const lease = { jobId: next.id, token };
      const job = await this.queue.take(manager, lease);
      if (next.attempts >= MAX_ATTEMPTS) {
        const detail = `begun ${next.attempts} times, and the control plane ended during each attempt`;
        await this.failWithin(manager, job, lease, { code: 'process-ended', detail });
        return 'again';
      }
      await this.events.append(manager, job.id, 'started', `attempt ${job.attempts} of ${MAX_ATTEMPTS}`);
      return job;
    });
  }

  /** Keeps the lease and writes the steps begun since into the history. @throws LeaseLost */
  async keep(
    lease: Lease,
    progress: CompressionProgress | undefined,
    steps: readonly string[],
  ): Promise<void> {
    await this.queue.transaction(async (manager) => {
      if (!(await this.queue.renew(manager, lease, progress))) throw new LeaseLost();
      for (const step of steps) await this.events.append(manager, lease.jobId, 'progress', step);
    });
  }

  /** @param manager of the transaction that stores the result. @throws LeaseLost */
  async succeed(
    job: StoredCompression,
    lease: Lease,
    report: unknown,
    manager?: EntityManager,
  ): Promise<void> {
    if (!manager) return this.queue.transaction((own) => this.succeed(job, lease, report, own));
    if (!(await this.queue.succeed(manager, lease, report))) throw new LeaseLost();
    await this.end(manager, job, 'succeeded', `${job.model}@${job.resultVersion} is validated`, {});
  }

  /** @throws LeaseLost */
  fail(job: StoredCompression, lease: Lease, reason: CompressionReason): Promise<void> {
    return this.queue.transaction((manager) => this.failWithin(manager, job, lease, reason));
  }

  /** Schedules another attempt, or ends the job after enough of them. @throws LeaseLost */
  async tryAgain(job: StoredCompression, lease: Lease, reason: CompressionReason): Promise<void> {
    if (job.attempts >= MAX_ATTEMPTS) return this.fail(job, lease, reason);
    await this.queue.transaction(async (manager) => {
      const seconds = RETRY_SECONDS * 2 ** (job.attempts - 1);
      if (!(await this.queue.postpone(manager, lease, reason, seconds))) throw new LeaseLost();
      const text = `${reason.code}: ${reason.detail}; trying again in ${seconds} s`;
      await this.events.append(manager, job.id, 'retry', text);
    });
  }

  /** The control plane stops: another process may take the job at once. */
  giveBack(job: StoredCompression, lease: Lease): Promise<void> {
    return this.queue.transaction(async (manager) => {
      if (!(await this.queue.giveBack(manager, lease))) return;
      await this.events.append(manager, job.id, 'interrupted', 'the control plane stops; it will start over');
    });
  }

  private async failWithin(
    manager: EntityManager,
    job: StoredCompression,
    lease: Lease,
    reason: CompressionReason,
  ): Promise<void> {
    if (!(await this.queue.fail(manager, lease, reason))) throw new LeaseLost();
    await this.end(manager, job, 'failed', `${reason.code}: ${reason.detail}`, { reason });
  }

  private async end(
    manager: EntityManager,
    job: StoredCompression,
    outcome: 'succeeded' | 'failed',
    text: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    const { id, fleet, model, sourceVersion, resultVersion, attempts, startedAt } = job;
    await this.jobs.dropSamples(manager, id);
    await this.events.append(manager, id, outcome, text);
    await this.audit.record(manager, {
      fleet,
      actor: 'compression',
      action: outcome === 'succeeded' ? 'compression.succeed' : 'compression.fail',
      subject: id,
      detail: { model, sourceVersion, resultVersion, attempts, ...detail },
    });
    if (startedAt) this.metrics.observe(outcome, (this.clock.nowMs() - startedAt.getTime()) / 1000);
  }
}
