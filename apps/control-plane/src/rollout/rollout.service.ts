import { Injectable } from '@nestjs/common';
import type { Page, PageQuery, RolloutMemberView, RolloutView } from '@hamon/contracts';
import type { OperatorOutcome, Rollout } from '@hamon/rollout';
import { DataSource } from 'typeorm';
import { ControlPlaneError } from '../platform/errors.js';
import { decodeCursor, toPage } from '../platform/http/page.js';
import { RolloutBell } from './rollout-bell.js';
import { RolloutDecider } from './rollout-decider.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import { RolloutStore } from './rollout.store.js';
import { RolloutWorker } from './rollout-worker.js';
import type { ShownRollout } from './stored-rollout.js';
import { viewMember, viewRollout } from './rollout.view.js';

/** What a person does to a rollout: a pure function of the core. */
export type OperatorAction = (rollout: Rollout, now: Date) => OperatorOutcome;

/** Shows rollouts, and carries out what operators want of them. */
@Injectable()
export class RolloutService {
  constructor(
    private readonly database: DataSource,
    private readonly rollouts: RolloutStore,
    private readonly members: RolloutMemberStore,
    private readonly decider: RolloutDecider,
    private readonly worker: RolloutWorker,
    private readonly bell: RolloutBell,
  ) {}

  async act(fleet: string, actor: string, id: string, action: OperatorAction): Promise<RolloutView> {
    await this.database.transaction(async (manager) => {
      const stored = await this.rollouts.lock(manager, fleet, id);
      if (!stored) throw notFound(id);
      const outcome = action(stored.rollout, new Date());
      if (!outcome.ok) throw new ControlPlaneError('rollout-state', outcome.error.detail);
      await this.decider.save(manager, stored, outcome.value, actor);
    });
    this.worker.kick();
    this.bell.ring();
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
    return viewRollout(stored, (await this.members.progress([id])).get(id) ?? {});
  }

  /** Newest first. */
  async list(fleet: string, query: PageQuery): Promise<Page<RolloutView>> {
    const rows = await this.rollouts.list(fleet, query);
    const progress = await this.members.progress(rows.map(({ stored }) => stored.rollout.id));
    return toPage(
      rows,
      query.limit,
      ({ key }) => key,
      ({ stored }) => viewRollout(stored, progress.get(stored.rollout.id) ?? {}),
    );
  }

  async listMembers(fleet: string, id: string, query: PageQuery): Promise<Page<RolloutMemberView>> {
    const stored = await this.find(fleet, id);
    const [after] = decodeCursor(query, ['integer']) ?? [];
    const rows = await this.members.list(id, after === undefined ? -1 : Number(after), query.limit + 1);
    return toPage(
      rows,
      query.limit,
      ({ position }) => [String(position)],
      (row) => viewMember(row, stored),
    );
  }
}

const notFound = (id: string): ControlPlaneError =>
  new ControlPlaneError('rollout-not-found', `There is no rollout ${id}.`);
