import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceEvent } from '@hamon/contracts';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

/** More than two batches; a device may send 400 messages at once. */
const SENDERS = ['cam-1', 'cam-2', 'cam-3', 'cam-4'];
const EACH = 300;
const BATCH = 500;

let plane: TestControlPlane;
let flood: FakeDevice[];
let other: FakeDevice;
let stuck: string;

const event = ({ id: device }: FakeDevice): DeviceEvent => ({
  ...{ schema: 'hamon.event/1', id: randomUUID(), device, at: new Date().toISOString(), kind: 'started' },
  ...{ version: null, reason: null, detail: '' },
});

const storedOf = async (fleet: string): Promise<string[]> => {
  const rows = await plane.database.query<{ id: string }[]>(
    `SELECT e.id FROM device_events e JOIN devices d ON d.id = e.device WHERE d.fleet = $1`,
    [fleet],
  );
  return rows.map(({ id }) => id).sort();
};

describe('a fleet whose messages cannot be stored', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    flood = [];
    for (const id of SENDERS) flood.push(await FakeDevice.enrol(plane, id));
    stuck = flood[0]?.identity.fleet ?? '';
    const moved = await FakeDevice.enrol(plane, 'cam-9');
    await plane.database.query(`INSERT INTO fleets (id) VALUES ('globex')`);
    await plane.database.query(`UPDATE devices SET fleet = 'globex' WHERE id = 'cam-9'`);
    other = FakeDevice.as({ ...moved.identity, fleet: 'globex' }, moved.key);
    await Promise.all([...flood, other].map((device) => device.connect()));
  });
  afterAll(async () => {
    await Promise.all([...flood, other].map((device) => device.stop()));
    await plane.discard();
  });

  it('delays no other, and everything that it sent is stored in the end', async () => {
    const online = `SELECT 1 FROM devices WHERE online AND reported IS NOT NULL`;
    await eventually('all there', async () => (await plane.database.query<unknown[]>(online)).length === 5);
    const holder = plane.database.createQueryRunner();
    await holder.startTransaction();
    await holder.query(`SELECT FROM devices WHERE fleet = $1 FOR UPDATE`, [stuck]);

    const acknowledged: string[] = [];
    const send = async (device: FakeDevice): Promise<void> => {
      const message = event(device);
      await device.send('event', message);
      acknowledged.push(message.id);
    };
    await send(flood[0] as FakeDevice);
    await eventually('that to hang', async () => {
      const hanging = await plane.database.query<unknown[]>(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
           AND query LIKE 'INSERT INTO device_events%'`,
      );
      return hanging.length === 1;
    });
    const sent = Promise.allSettled(
      flood.flatMap((device) => Array.from({ length: EACH }, () => send(device))),
    );
    await eventually('no room for more of it', () => acknowledged.length === 1 + BATCH);
    const others = Array.from({ length: EACH }, () => event(other));
    for (const message of others) await other.send('event', message);
    await eventually('those of the other', async () => (await storedOf('globex')).length === EACH);
    // The rest was not acknowledged to it.
    expect(acknowledged).toHaveLength(1 + BATCH);
    expect(await storedOf(stuck)).toEqual([]);

    await holder.rollbackTransaction();
    await holder.release();
    await sent;
    await eventually('all of the flood', async () => {
      return (await storedOf(stuck)).length === 1 + SENDERS.length * EACH;
    });
    expect(await storedOf(stuck)).toEqual(acknowledged.sort());
  });
});
