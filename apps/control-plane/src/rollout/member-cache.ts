import { Injectable } from '@nestjs/common';
import type { ObservedMember } from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { DeviceChangesStore } from '../fleet/device-changes.store.js';
import { snapshotHorizon } from '../platform/snapshot-horizon.js';
import { RolloutMemberStore } from './rollout-member.store.js';

/** Read again after so long, whatever was noted: it bounds the age of a fact that no trigger noted. */
const RELOAD_MS = 5 * 60_000;
/** Notes of changes are kept well beyond that. */
export const KEEP_CHANGES_SECONDS = 15 * 60;
/** Members in all; the rollout that was looked at last always fits. */
const MOST_MEMBERS = 200_000;

interface Known {
  /** Transactions below it are in `members`, and maybe later ones. */
  readonly cursor: bigint;
  readonly loadedAtMs: number;
  /** Positions below it are in `members`. */
  readonly count: number;
  readonly members: Map<string, ObservedMember>;
}

/**
 * What this process last saw of rollouts' members, so that a decision reads what changed since its last one. Only a
 * cache: a replica that takes a rollout over, or starts again, reads all of its members once.
 *
 * Nothing is missed: the horizon is asked for before the changes are read, and each change carries its transaction. A
 * change that was not committed by then has a transaction at or above the horizon, and is found the next time. A committed
 * one is found now, perhaps twice, and its current row is read. A decision that is rolled back leaves nothing here, since
 * only the next decision reads its effects.
 */
@Injectable()
export class MemberCache {
  /** Ordered by use; the latest one comes last. */
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly store: RolloutMemberStore,
    private readonly changes: DeviceChangesStore,
  ) {}

  /**
   * All members that the rollout has reached, and those at positions below `count`. The caller holds the rollout's
   * row, so that nobody else looks at the same rollout here meanwhile.
   */
  async observe(
    manager: EntityManager,
    rolloutId: string,
    count: number,
  ): Promise<readonly ObservedMember[]> {
    const horizon = await snapshotHorizon(manager);
    const before = this.usable(rolloutId, count, horizon);
    // Removed while it is changed: a read that fails half-way leaves nothing.
    this.known.delete(rolloutId);
    // Members or not: the planner knows nothing of a rollout that has just begun, and a join could take it for empty.
    const changed = before && (await this.changes.since(manager, before.cursor));
    const read = changed?.length === 0 ? [] : await this.store.observe(manager, rolloutId, count, changed);
    const members = before?.members ?? new Map<string, ObservedMember>();
    // Retired members are not read.
    for (const device of changed ?? []) members.delete(device);
    for (const member of read) members.set(member.device, member);
    const loadedAtMs = before?.loadedAtMs ?? performance.now();
    this.known.set(rolloutId, { cursor: horizon, loadedAtMs, count: before?.count ?? count, members });
    this.trim();
    return [...members.values()];
  }

  /** Of a rollout that has ended. */
  forget(rolloutId: string): void {
    this.known.delete(rolloutId);
  }

  private usable(rolloutId: string, count: number, horizon: bigint): Known | undefined {
    const known = this.known.get(rolloutId);
    if (!known || known.count < count) return undefined;
    // A horizon that went back belongs to another database, as after a restore.
    const isOld = performance.now() - known.loadedAtMs > RELOAD_MS || known.cursor > horizon;
    return isOld ? undefined : known;
  }

  private trim(): void {
    let members = 0;
    for (const [id, known] of [...this.known].reverse()) {
      if (members > 0 && members + known.members.size > MOST_MEMBERS) this.known.delete(id);
      else members += known.members.size;
    }
  }
}
