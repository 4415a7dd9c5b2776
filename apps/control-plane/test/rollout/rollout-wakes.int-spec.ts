import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutView } from '@hamon/contracts';
import type { ObservedMember } from '@hamon/rollout';
import { Log } from '../../src/platform/log.js';
import { DeviceChangesStore } from '../../src/fleet/device-changes.store.js';
import { MemberCache } from '../../src/rollout/member-cache.js';
import { RolloutMemberStore } from '../../src/rollout/rollout-member.store.js';
import { RolloutSweeper } from '../../src/rollout/rollout-sweeper.js';
import { RolloutWaker } from '../../src/rollout/rollout-waker.js';
import { RolloutWorker } from '../../src/rollout/rollout-worker.js';
import { RolloutStore } from '../../src/rollout/rollout.store.js';
import { enrol } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import { pushReleased } from '../support/push-bundle.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let rollout: string;

const of = <T>(part: new (...args: never[]) => T): T => plane.app.get(part, { strict: false });

const count = async (what: string): Promise<number> => {
  const [row] = await plane.database.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${what}`);
  return row?.count ?? -1;
};

/** A transaction that stays open until it is told. */
async function held(sql: string, parameters: unknown[]): Promise<() => Promise<void>> {
  const runner = plane.database.createQueryRunner();
  await runner.startTransaction();
  await runner.query(sql, parameters);
  return async () => {
    await runner.commitTransaction();
    await runner.release();
  };
}

const lookAgainInAnHour = (): Promise<unknown> =>
  plane.database.query(
    `UPDATE rollouts SET wake_at = now() + interval '1 hour', rest_until = now() WHERE id = $1`,
    [rollout],
  );

describe('wakes of a rollout, and reads of its members', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
    for (const name of ['cam-1', 'cam-2', 'cam-3']) await enrol(plane, { name });
    const wanted = { model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 600 };
    rollout = (await plane.call<RolloutView>('POST', '/v1/rollouts', wanted)).body.id;
    await eventually('all assigned', async () => (await count('deployments')) === 3);
    // Only the tests make decisions.
    await of(RolloutWorker).onModuleDestroy();
  });
  afterAll(async () => {
    await plane.discard();
  });
  afterEach(async () => {
    await plane.database.query('DELETE FROM rollout_wakes');
  });

  it('wakes without waiting for the decision that holds the rollout, over one connection, and loses no wake', async () => {
    const waker = new RolloutWaker(of(RolloutStore), plane.app.get(Log, { strict: false }));
    await lookAgainInAnHour();
    const release = await held('SELECT FROM rollouts WHERE id = $1 FOR UPDATE', [rollout]);
    let most = 0;
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 100; i++) waker.wake(['cam-1', 'cam-2'], () => undefined);
      const busy = await count(
        `pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'INSERT INTO rollout_wakes%'`,
      );
      most = Math.max(most, busy);
    }
    await eventually('woken while it is held', async () => (await count('rollout_wakes')) > 0);
    expect(most).toBeLessThanOrEqual(1);
    await waker.onModuleDestroy();
    await release();
    expect(await of(RolloutWorker).decideNext()).toBe(true);
    expect(await count('rollout_wakes')).toBe(0);
  });

  it('decides once more where it is woken while a decision is under way', async () => {
    const store = of(RolloutStore);
    await lookAgainInAnHour();
    await store.wake(['cam-1']);
    await plane.database.transaction(async (manager) => {
      expect((await store.lockDue(manager))?.id).toBe(rollout);
      await store.wake(['cam-2']);
    });
    await plane.database.transaction(async (manager) => {
      expect((await store.lockDue(manager))?.id).toBe(rollout);
    });
    expect(await count('rollout_wakes')).toBe(0);
  });

  it('keeps a wake whose decision was rolled back', async () => {
    const store = of(RolloutStore);
    await lookAgainInAnHour();
    await store.wake(['cam-1']);
    const failed = plane.database.transaction(async (manager) => {
      await store.lockDue(manager);
      throw new Error('power cut');
    });
    await expect(failed).rejects.toThrow('power cut');
    expect(await count('rollout_wakes')).toBe(1);
  });

  it('is not woken by others while it rests, and sweeps wakes of no rollout', async () => {
    const store = of(RolloutStore);
    await lookAgainInAnHour();
    await plane.database.query(`UPDATE rollouts SET rest_until = now() + interval '1 hour'`);
    await store.wake(['cam-1']);
    expect(await of(RolloutWorker).decideNext()).toBe(false);
    await plane.database.query(
      `INSERT INTO rollout_wakes (rollout_id) VALUES ('00000000-0000-4000-8000-000000000000')`,
    );
    await of(RolloutSweeper).sweep();
    expect(await count('rollout_wakes')).toBe(1);
    await lookAgainInAnHour();
    expect(await of(RolloutWorker).decideNext()).toBe(true);
  });

  it('sees each change of a member once it is committed, in any order of commits', async () => {
    const cache = of(MemberCache);
    const store = of(RolloutMemberStore);
    const { manager } = plane.database;
    const byDevice = (members: readonly ObservedMember[]): ObservedMember[] =>
      [...members].sort((a, b) => (a.device < b.device ? -1 : 1));
    const same = async (): Promise<readonly ObservedMember[]> => {
      const seen = byDevice(await cache.observe(manager, rollout, 3));
      expect(seen).toEqual(byDevice(await store.observe(manager, rollout, 3)));
      return seen;
    };
    await same();
    const set = `UPDATE devices SET online = true, online_since = now() WHERE id = $1`;
    const endFirst = await held(set, ['cam-1']);
    const endSecond = await held(`UPDATE deployments SET state = 'downloading' WHERE device = $1`, ['cam-2']);
    // Looks while both are open, between the two, and after; each begins above what is open.
    await plane.database.query(set, ['cam-3']);
    expect((await same()).map(({ online }) => online)).toEqual([false, false, true]);
    await endSecond();
    expect((await same()).map(({ deployment }) => deployment?.state)).toEqual([
      'assigned',
      'downloading',
      'assigned',
    ]);
    await endFirst();
    expect((await same()).map(({ online }) => online)).toEqual([true, false, true]);
    await plane.database.query(
      `BEGIN; UPDATE devices SET reported = '{}' WHERE id = 'cam-2';
       INSERT INTO reported_models (device, model, room_for_two) VALUES ('cam-2', 'tiny', false), ('cam-3', 'other', false);
       INSERT INTO device_slots VALUES ('cam-2', 'tiny', 'current', '1.0.0', 'fp32', 'b', 1),
                                      ('cam-2', 'other', 'current', '1.0.0', 'fp32', 'c', 1); COMMIT`,
    );
    await plane.database.query(`UPDATE device_desired SET deployment_id = NULL WHERE device = 'cam-1'`);
    const seen = await same();
    expect(
      seen.map(({ currentBundle, canShadow, revert }) => [currentBundle, canShadow, revert?.state]),
    ).toEqual([
      [null, true, 'cleared'],
      ['b', false, undefined],
      [null, true, undefined],
    ]);
    // A change that decides nothing is not read.
    const before = await count('member_changes');
    await plane.database.query(`UPDATE devices SET last_seen_at = now()`);
    expect(await count('member_changes')).toBe(before);
  });

  it('asks for the members that a next stage needs besides those it knows', async () => {
    const cache = new MemberCache(of(RolloutMemberStore), of(DeviceChangesStore));
    await plane.database.query(`UPDATE rollout_members SET deployment_id = NULL WHERE position = 2`);
    const { manager } = plane.database;
    expect(await cache.observe(manager, rollout, 1)).toHaveLength(2);
    expect(await cache.observe(manager, rollout, 3)).toHaveLength(3);
  });
});
