import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OutboxPublisher } from '../../src/messaging/outbox-publisher.js';
import { Outbox } from '../../src/messaging/outbox.js';
import { OutboxStore } from '../../src/messaging/outbox.store.js';
import { enrol } from '../support/enrol.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
/** The queue as two replicas see it. */
let store: OutboxStore;
let outbox: Outbox;
let publisher: OutboxPublisher;

const desire = async (device: string, sequence: number, model = 'tiny'): Promise<void> => {
  await plane.database.query(
    `INSERT INTO device_desired (device, model, fleet, sequence, jws)
     VALUES ($1, $3, 'default', $2::int, jsonb_build_object('n', $2::int))
     ON CONFLICT (device, model) DO UPDATE SET sequence = excluded.sequence, jws = excluded.jws`,
    [device, sequence, model],
  );
  await plane.database.query(`INSERT INTO outbox (kind, key) VALUES ('desired', $1)`, [`${device}/${model}`]);
};

const rows = async (): Promise<{ key: string; due: boolean }[]> =>
  plane.database.query(`SELECT key, available_at <= clock_timestamp() AS due FROM outbox ORDER BY id`);

describe('what is to be published', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    for (const name of ['cam-1', 'cam-2', 'cam-3']) await enrol(plane, { name });
    // The tests decide what is published, and when.
    await plane.app.get(OutboxPublisher, { strict: false }).onModuleDestroy();
    store = plane.app.get(OutboxStore, { strict: false });
    outbox = plane.app.get(Outbox, { strict: false });
    publisher = plane.app.get(OutboxPublisher, { strict: false });
    await plane.database.query('DELETE FROM outbox');
  });
  afterAll(async () => {
    await plane.discard();
  });
  afterEach(async () => {
    await plane.database.query('DELETE FROM outbox; DELETE FROM device_desired');
  });

  it('keeps no transaction open while the broker is waited for', async () => {
    await desire('cam-1', 1);
    expect(await store.claim(10)).toHaveLength(1);
    expect(
      await plane.database.query(
        `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'
           AND query LIKE '%outbox%'`,
      ),
    ).toEqual([]);
  });

  it('is given to one publisher at a time, and to another one after the first has died', async () => {
    await desire('cam-1', 1);
    await desire('cam-2', 1);
    const [mine, others] = [await store.claim(1), await store.claim(10)];
    expect([mine, others].map((taken) => taken.map(({ device }) => device))).toEqual([['cam-1'], ['cam-2']]);
    expect(await store.claim(10)).toEqual([]);
    await plane.database.query(`UPDATE outbox SET available_at = available_at - interval '1 hour'`);
    expect(await store.claim(10)).toHaveLength(2);
  });

  it('ends with the newest state, also where a slower publisher publishes an older one after it', async () => {
    await desire('cam-1', 1);
    const slow = await store.claim(10);
    const older = await outbox.current([{ kind: 'desired', device: 'cam-1', model: 'tiny' }]);
    await desire('cam-1', 2);
    const quick = await store.claim(10);
    const newer = await outbox.current([{ kind: 'desired', device: 'cam-1', model: 'tiny' }]);
    await publisher.settle(quick, newer);
    // Now the slow one has published what it had read.
    await publisher.settle(slow, older);
    expect(await rows()).toEqual([{ key: 'cam-1/tiny', due: true }]);
    const again = await store.claim(10);
    await publisher.settle(
      again,
      await outbox.current([{ kind: 'desired', device: 'cam-1', model: 'tiny' }]),
    );
    expect(await rows()).toEqual([]);
  });

  it('announces again that nothing is desired where that changed while something was published', async () => {
    await desire('cam-1', 1);
    const claimed = await store.claim(10);
    const published = await outbox.current([{ kind: 'desired', device: 'cam-1', model: 'tiny' }]);
    await plane.database.query(`UPDATE device_desired SET jws = NULL`);
    await publisher.settle(claimed, published);
    expect(await rows()).toEqual([{ key: 'cam-1/tiny', due: true }]);
  });

  it('is announced again for all devices page by page, also where a publisher had taken a row', async () => {
    for (const device of ['cam-1', 'cam-2', 'cam-3']) await desire(device, 1);
    await desire('cam-2', 1, 'other');
    await plane.database.query(`UPDATE outbox SET key = split_part(key, '/', 1)`);
    await store.claim(1);
    const first = await outbox.source('desired').page('', 2);
    expect(first).toEqual(['cam-1', 'cam-2']);
    const rest = await outbox.source('desired').page('cam-2', 2);
    expect(rest).toEqual(['cam-3']);
    for (const page of [first, rest]) await store.announce('desired', page);
    // Of a device that is not known as one of the former release, its one topic is cleared.
    const all = await outbox.current([{ kind: 'desired', device: 'cam-2', model: null }]);
    const told = all.map(({ model, jws }) => `${model ?? 'single'} ${jws ? 'desired' : 'nothing'}`);
    expect(told.sort()).toEqual(['other desired', 'single nothing', 'tiny desired']);
    const due = (await rows()).filter((row) => row.due).map(({ key }) => key);
    expect([...new Set(due)].sort()).toEqual(['cam-1', 'cam-2', 'cam-3']);
  });
});
