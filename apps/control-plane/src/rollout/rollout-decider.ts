import { Injectable } from '@nestjs/common';
import { hasEnded, type Command, type Decision, type Observations, type Rollout } from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { CommandExecutor } from './command-executor.js';
import { EvidenceStore } from './evidence.store.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import { RolloutStore } from './rollout.store.js';
import type { StoredRollout } from './stored-rollout.js';

/** A pure function that decides on a rollout. */
export type Decide = (rollout: Rollout, seen: Observations, now: Date) => Decision;

/**
 * Loads the facts, lets a pure function decide, and saves the decision with everything it commands. All of it in the
 * caller's transaction, which holds the rollout's row: a crash at any line leaves the rollout as it was.
 */
@Injectable()
export class RolloutDecider {
  constructor(
    private readonly rollouts: RolloutStore,
    private readonly members: RolloutMemberStore,
    private readonly evidence: EvidenceStore,
    private readonly executor: CommandExecutor,
  ) {}

  async apply(
    manager: EntityManager,
    stored: StoredRollout,
    actor: string,
    decideOn: Decide,
  ): Promise<readonly Command[]> {
    const { rollout } = stored;
    const { stage, stages } = rollout.status;
    const collected = await this.evidence.collect(manager, stored);
    // The next stage's members too: a decision may widen.
    const count = (stages[stage + 1] ?? stages[stage])?.devices ?? 0;
    const members = await this.members.observe(manager, rollout.id, count);
    const { next, commands, wakeAt } = decideOn(
      rollout,
      { members, evidence: collected.evidence },
      new Date(),
    );
    await this.executor.execute(manager, stored, commands, actor);
    await this.rollouts.save(manager, next, collected, nextLook(next, wakeAt, collected.more));
    return commands;
  }

  /** A change that no evidence is behind: the collected one stays as it is. Looked at again at once. */
  async save(
    manager: EntityManager,
    stored: StoredRollout,
    { next, commands }: Pick<Decision, 'next' | 'commands'>,
    actor: string,
  ): Promise<void> {
    await this.executor.execute(manager, stored, commands, actor);
    const { evidence, evidenceCursor: cursor } = stored;
    await this.rollouts.save(manager, next, { evidence, cursor }, new Date());
  }
}

/** Other transactions are short: windows that wait for them are evidence in a moment. */
const MORE_MS = 100;

function nextLook({ status }: Rollout, wakeAt: Decision['wakeAt'], more: boolean): Date | null {
  if (hasEnded(status.state)) return null;
  const soon = Date.now() + MORE_MS;
  return more || !wakeAt ? new Date(Math.min(soon, wakeAt?.getTime() ?? soon)) : wakeAt;
}
