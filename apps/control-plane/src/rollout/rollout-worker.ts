import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { decide, pauseUndecided } from '@hamon/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { ChunkPublisher } from '../registry/chunk-publisher.js';
import { Outbox } from '../messaging/outbox.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { DecisionSignal } from './decision-signal.js';
import { RolloutDecider } from './rollout-decider.js';
import { RolloutStore } from './rollout.store.js';
import { fromRow } from './stored-rollout.js';

const POLL_MS = 250;
/** A rollout whose decision failed waits for this long, so that it blocks no other. */
const POSTPONE_SECONDS = 30;
/** So many failures in a row do not pass by themselves: a person has to know. */
const MOST_FAILURES = 20;

/** Decides on rollouts that are due, one at a time in this process and each by one replica only. */
@Injectable()
export class RolloutWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly store: RolloutStore,
    private readonly decider: RolloutDecider,
    private readonly outbox: Outbox,
    private readonly chunks: ChunkPublisher,
    private readonly decisions: DecisionSignal,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic('deciding on rollouts', POLL_MS, (signal) => this.run(signal), this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  /** A rollout is due now. */
  kick(): void {
    this.periodic?.kick();
  }

  /** Makes one decision; false where none is due. */
  async decideNext(): Promise<boolean> {
    const seen: { id?: string } = {};
    try {
      const decided = await this.database.transaction((manager) => this.decideIn(manager, seen));
      if (!decided) return false;
    } catch (cause) {
      if (seen.id === undefined) throw cause;
      this.log.error('a rollout could not be decided on', cause, { rollout: seen.id });
      const failures = await this.store.postpone(seen.id, POSTPONE_SECONDS);
      if (failures >= MOST_FAILURES) await this.pause(seen.id, failures);
      return true;
    }
    this.outbox.kick();
    this.decisions.tell();
    return true;
  }

  private async decideIn(manager: EntityManager, seen: { id?: string }): Promise<boolean> {
    const row = await this.store.lockDue(manager);
    if (!row) return false;
    // First: whatever goes wrong from here on concerns this rollout alone.
    seen.id = row.id;
    const commands = await this.decider.apply(manager, fromRow(row), 'rollout', decide);
    // Whoever is assigned asks for chunks soon; a rollback needs the former version's where a device dropped it.
    if (commands.some(({ kind }) => kind !== 'note')) this.chunks.kick();
    return true;
  }

  private async pause(id: string, failures: number): Promise<void> {
    const reason = `it could not be decided on ${failures} times in a row; the control plane's log says why`;
    try {
      await this.database.transaction((manager) => this.pauseIn(manager, id, reason));
      this.decisions.tell();
    } catch (cause) {
      this.log.error('a rollout that cannot be decided on could not be paused', cause, { rollout: id });
    }
  }

  private async pauseIn(manager: EntityManager, id: string, reason: string): Promise<void> {
    const stored = await this.store.lockById(manager, id);
    const paused = stored && pauseUndecided(stored.rollout, reason);
    if (!paused) return;
    await this.decider.save(manager, stored, paused, 'rollout');
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.decideNext())) {
      // The next due one, until there is none.
    }
  }
}
