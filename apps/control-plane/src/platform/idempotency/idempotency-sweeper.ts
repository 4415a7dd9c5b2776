import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '../log.js';
import { startPeriodic, type Periodic } from '../periodic.js';
import { IdempotencyStore } from './idempotency.store.js';

const KEPT_SECONDS = 24 * 3600;
const EVERY_MS = 600_000;

/** Answers are kept for a day: long after any client has given up repeating itself. */
@Injectable()
export class IdempotencySweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = (): Promise<void> => this.store.sweep(KEPT_SECONDS);
    this.periodic = startPeriodic('sweeping idempotency keys', EVERY_MS, sweep, this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }
}
