import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { decide } from '@hamon/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { ChunkPublisher } from '../messaging/chunk-publisher.js';
import { Outbox } from '../messaging/outbox.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { IngestBell } from '../telemetry/ingest-bell.js';
import { RolloutBell } from './rollout-bell.js';
import { RolloutDecider } from './rollout-decider.js';
import { RolloutStore } from './rollout.store.js';

const POLL_MS = 250;
/** A rollout whose decision failed steps back for this long, so that it blocks no other. */
const POSTPONE_SECONDS = 30;

/** Decides on rollouts that are due, one at a time in this process and each by one replica only. */
@Injectable()
export class RolloutWorker implements OnApplicationBootstrap, OnModuleDestroy {
  #periodic: Periodic | undefined;
  #stopped = false;

  constructor(
    private readonly database: DataSource,
    private readonly store: RolloutStore,
    private readonly decider: RolloutDecider,
    private readonly outbox: Outbox,
    private readonly chunks: ChunkPublisher,
    private readonly bell: RolloutBell,
    ingest: IngestBell,
    private readonly log: Log,
  ) {
    ingest.onRing((devices) => void this.#wake(devices));
  }

  onApplicationBootstrap(): void {
    this.#periodic = startPeriodic('deciding on rollouts', POLL_MS, (signal) => this.#run(signal), this.log);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    await this.#periodic?.stop();
  }

  /** A rollout is due now. */
  kick(): void {
    this.#periodic?.kick();
  }

  /** One decision; false where none is due. */
  async decideNext(): Promise<boolean> {
    const seen: { id?: string } = {};
    try {
      const decided = await this.database.transaction((manager) => this.#decideIn(manager, seen));
      if (!decided) return false;
    } catch (cause) {
      if (seen.id === undefined) throw cause;
      this.log.error('a rollout could not be decided on', cause, { rollout: seen.id });
      await this.store.postpone(seen.id, POSTPONE_SECONDS);
      return true;
    }
    this.outbox.kick();
    this.bell.ring();
    return true;
  }

  async #decideIn(manager: EntityManager, seen: { id?: string }): Promise<boolean> {
    const stored = await this.store.lockDue(manager);
    if (!stored) return false;
    seen.id = stored.rollout.id;
    const commands = await this.decider.apply(manager, stored, 'rollout', decide);
    // Whoever is assigned asks for chunks soon; a rollback needs the former version's where a device dropped it.
    if (commands.some(({ kind }) => kind !== 'note')) this.chunks.kick();
    return true;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.decideNext())) {
      // The next due one, until there is none.
    }
  }

  async #wake(devices: readonly string[]): Promise<void> {
    // Due rollouts are found again at the next start.
    if (this.#stopped) return;
    try {
      await this.store.wake(devices);
      this.kick();
    } catch (cause) {
      this.log.error('rollouts could not be woken; they look again by themselves', cause);
    }
  }
}
