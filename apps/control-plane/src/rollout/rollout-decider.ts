import { Injectable } from '@nestjs/common';
import { hasEnded, type Command, type Decision, type Observations, type Rollout } from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { CommandExecutor } from './command-executor.js';
import { EvidenceStore } from './evidence.store.js';
import { MemberCache } from './member-cache.js';
import { RolloutStore } from './rollout.store.js';
import type { StoredRollout } from './stored-rollout.js';

/** A pure function that decides on a rollout. */
export type Decide = (rollout: Rollout, seen: Observations, now: Date) => Decision;

/**
 * Loads the facts, lets a pure function decide, and saves the decision with everything it commands. All of it happens in
 * the caller's transaction, which holds the rollout's row: a crash at any line leaves the rollout as it was.
 */
@Injectable()
export class RolloutDecider {
  constructor(
    private readonly rollouts: RolloutStore,
    private readonly members: MemberCache,
    private readonly evidence: EvidenceStore,
    private readonly executor: CommandExecutor,
    private readonly clock: Clock,
  ) {}

  async apply(
    manager: EntityManager,
    stored: StoredRollout,
    actor: string,
    decideOn: Decide,
  ): Promise<readonly Command[]> {
    const beganMs = performance.now();
    const { rollout } = stored;
    const { stage, stages } = rollout.status;
    const collected = await this.evidence.collect(manager, stored);
    // The next stage's members too: a decision may widen.
    const count = (stages[stage + 1] ?? stages[stage])?.devices ?? 0;
    const members = await this.members.observe(manager, rollout.id, count);
    const { next, commands, wakeAt } = decideOn(
      rollout,
      { members, evidence: collected.evidence },
      this.clock.now(),
    );
    await this.executor.execute(manager, stored, commands, actor);
    if (hasEnded(next.status.state)) this.members.forget(next.id);
    const restMs = Math.max(LEAST_REST_MS, REST_FACTOR * (performance.now() - beganMs));
    await this.rollouts.save(
      manager,
      next,
      collected,
      nextLook(next, wakeAt, collected.more, this.clock.nowMs() + restMs),
      restMs,
    );
    return commands;
  }

  /** A change that needs no evidence: the collected evidence stays as it is. Decided on again at once. */
  async save(
    manager: EntityManager,
    stored: StoredRollout,
    { next, commands }: Pick<Decision, 'next' | 'commands'>,
    actor: string,
  ): Promise<void> {
    await this.executor.execute(manager, stored, commands, actor);
    const { evidence, evidenceCursor: cursor } = stored;
    await this.rollouts.save(manager, next, { evidence, cursor }, this.clock.now());
  }
}

/** Other transactions are short: windows that wait for them become evidence in a moment. */
const LEAST_REST_MS = 100;
/** A big cohort reports all the time: deciding takes a fifth of the time at most. */
const REST_FACTOR = 4;

function nextLook({ status }: Rollout, wakeAt: Decision['wakeAt'], more: boolean, soon: number): Date | null {
  if (hasEnded(status.state)) return null;
  return more || !wakeAt ? new Date(Math.min(soon, wakeAt?.getTime() ?? soon)) : wakeAt;
}
