import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { CompressionAttempt } from './compression-attempt.js';
import { CompressionLedger, LeaseLost } from './compression-ledger.js';
import { keepLease } from './keep-lease.js';
import type { StoredCompression } from './stored-compression.js';

const POLL_MS = 1000;

interface Running {
  /** Ends the attempt and leaves the job as it is. */
  readonly abort: AbortController;
  readonly over: Promise<void>;
}

/** Runs due jobs, as many at once as configured; other replicas take others. */
@Injectable()
export class CompressionWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private periodic: Periodic | undefined;

  constructor(
    private readonly config: Config,
    private readonly ledger: CompressionLedger,
    private readonly attempt: CompressionAttempt,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.compressionJobs === 0) return;
    this.periodic = startPeriodic('taking compressions', POLL_MS, (signal) => this.fill(signal), this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ over }) => over));
  }

  /** Looks at once: a job may be due. */
  kick(): void {
    this.periodic?.kick();
  }

  /** The job was cancelled: if it runs here, it ends without waiting for the next renewal. */
  drop(id: string): void {
    this.running.get(id)?.abort.abort();
  }

  private async fill(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.running.size < this.config.compressionJobs) {
      const token = randomUUID();
      const job = await this.ledger.takeNext(token);
      if (job === undefined) return;
      if (job !== 'again') this.begin(job, token);
    }
  }

  private begin(job: StoredCompression, token: string): void {
    const abort = new AbortController();
    const over = this.carryOut(job, token, abort)
      .catch((cause: unknown) => {
        // The lease runs out, and another process takes the job.
        if (!(cause instanceof LeaseLost))
          this.log.error('a compression could not be settled', cause, { compression: job.id });
      })
      .finally(() => {
        this.running.delete(job.id);
        this.kick();
      });
    this.running.set(job.id, { abort, over });
  }

  private async carryOut(job: StoredCompression, token: string, abort: AbortController): Promise<void> {
    const lease = { jobId: job.id, token };
    const keeper = keepLease(lease, this.ledger, abort, this.log);
    try {
      await this.attempt.carryOut(job, lease, keeper.tell, abort.signal);
    } finally {
      await keeper.stop();
    }
    // Only a stop gives the job back: a lost or cancelled one is not ours.
    if (abort.signal.aborted) await this.ledger.giveBack(job, lease);
  }
}
