import { Injectable } from '@nestjs/common';
import type { ListQuery, Page, RolloutMemberView, RolloutView } from '@hamon/contracts';
import type { OperatorOutcome, Rollout } from '@hamon/rollout';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import type { IdListQuery } from '../platform/http/id-prefix.js';
import { DecisionSignal } from './decision-signal.js';
import { RolloutDecider } from './rollout-decider.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import { NO_PROGRESS, RolloutProgressStore } from './rollout-progress.store.js';
import { RolloutStore } from './rollout.store.js';
import { RolloutWorker } from './rollout-worker.js';
import type { ShownRollout } from './stored-rollout.js';
import { countMemberStatuses, viewMember, viewRollout } from './rollout.view.js';

/** What a person does to a rollout, as a pure function of the core. */
export type OperatorAction = (rollout: Rollout, now: Date) => OperatorOutcome;

/** Shows rollouts, and carries out what operators ask of them. */
@Injectable()
export class RolloutService {
  constructor(
    private readonly database: DataSource,
    private readonly rollouts: RolloutStore,
    private readonly members: RolloutMemberStore,
    private readonly progress: RolloutProgressStore,
    private readonly decider: RolloutDecider,
    private readonly worker: RolloutWorker,
    private readonly decisions: DecisionSignal,
    private readonly clock: Clock,
  ) {}

  async act(fleet: string, actor: string, id: string, action: OperatorAction): Promise<RolloutView> {
    await this.database.transaction(async (manager) => {
      const stored = await this.rollouts.lock(manager, fleet, id);
      if (!stored) throw notFound(id);
      const outcome = action(stored.rollout, this.clock.now());
      if (!outcome.ok) throw new ControlPlaneError('rollout-state', outcome.error.detail);
      await this.decider.save(manager, stored, outcome.value, actor);
    });
    this.worker.kick();
    this.decisions.tell();
    return this.get(fleet, id);
  }

  /** @throws ControlPlaneError `rollout-not-found` */
  async find(fleet: string, id: string): Promise<ShownRollout> {
    const stored = await this.rollouts.find(fleet, id);
    if (!stored) throw notFound(id);
    return stored;
  }

  async get(fleet: string, id: string): Promise<RolloutView> {
    const stored = await this.find(fleet, id);
    const [progress, groups] = await Promise.all([this.progress.of([id]), this.members.statuses(id)]);
    const memberStatuses = countMemberStatuses(groups, stored.rollout.status.state);
    return { ...viewRollout(stored, progress.get(id) ?? NO_PROGRESS), memberStatuses };
  }

  /** Newest first. */
  async list(fleet: string, query: IdListQuery): Promise<Page<RolloutView>> {
    const { rollouts, ...rest } = await this.rollouts.list(fleet, query);
    const progress = await this.progress.of(rollouts.map(({ rollout }) => rollout.id));
    return {
      items: rollouts.map((stored) => viewRollout(stored, progress.get(stored.rollout.id) ?? NO_PROGRESS)),
      ...rest,
    };
  }

  async listMembers(fleet: string, id: string, query: ListQuery): Promise<Page<RolloutMemberView>> {
    const stored = await this.find(fleet, id);
    const now = this.clock.now();
    return this.members.list(id, query, (row) => viewMember(row, stored, now));
  }
}

export const notFound = (id: string): ControlPlaneError =>
  new ControlPlaneError('rollout-not-found', `There is no rollout ${id}.`);
