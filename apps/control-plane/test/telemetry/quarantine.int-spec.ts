import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceTopic, type DeviceEvent, type ReportedState } from '@hamon/contracts';
import { Inbox } from '../../src/messaging/inbox.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

const POISON = 666;

let plane: TestControlPlane;
let device: FakeDevice;
let neighbour: FakeDevice;

/** As if it came from the broker, for any fleet. */
const take = (id: string, skipped: number, fleet = device.identity.fleet): void => {
  const report: ReportedState = {
    ...{ schema: 'hamon.reported/2', device: id, at: new Date().toISOString(), facts: device.facts },
    ...{ models: [], maxModels: 16, floor: 0, orders: [], rejection: null },
    frames: { accepted: 0, answered: 0, skipped },
  };
  const bytes = Buffer.from(JSON.stringify(report));
  void plane.app.get(Inbox, { strict: false }).take(deviceTopic('reported', fleet, id), bytes, false);
};

const skippedOf = async (id: string): Promise<number | undefined> => {
  const [row] = await plane.database.query<{ skipped: number }[]>(
    `SELECT (reported #>> '{frames,skipped}')::int AS skipped FROM devices WHERE id = $1`,
    [id],
  );
  return row?.skipped;
};

const readiness = async (): Promise<{ status: number; ingestion: string | undefined }> => {
  const answer = await fetch(`${plane.url}/readyz`);
  const { checks } = (await answer.json()) as { checks: Record<string, string> };
  return { status: answer.status, ingestion: checks['ingestion'] };
};

describe('an item that cannot be stored', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    device = await FakeDevice.enrol(plane, 'cam-1');
    neighbour = await FakeDevice.enrol(plane, 'cam-2');
    await plane.database.query(`INSERT INTO fleets (id) VALUES ('globex') ON CONFLICT DO NOTHING`);
    await plane.database.query(
      `INSERT INTO devices SELECT (jsonb_populate_record(d, $1)).* FROM devices d WHERE d.id = 'cam-2'`,
      [JSON.stringify({ id: 'cam-9', fleet: 'globex', thumbprint: 'another' })],
    );
    // An unforeseen fault that one device causes.
    await plane.database.query(
      `CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.reported #>> '{frames,skipped}' = '${POISON}' THEN RAISE EXCEPTION 'what is this'; END IF;
         RETURN NEW; END $$`,
    );
    await plane.database.query(
      `CREATE TRIGGER poison BEFORE UPDATE ON devices FOR EACH ROW EXECUTE FUNCTION poison()`,
    );
  });
  afterAll(async () => {
    await plane.discard();
  });

  it('is set aside and counted; its neighbours, its fleet and others are stored, and ingestion continues', async () => {
    for (let i = 0; i < 3; i++) take(device.id, POISON);
    take(neighbour.id, 1);
    take('cam-9', 2, 'globex');
    await eventually('the neighbour', async () => (await skippedOf(neighbour.id)) === 1);
    await eventually('the other fleet', async () => (await skippedOf('cam-9')) === 2);
    take(device.id, 3);
    await eventually('the device itself, once it is sane', async () => (await skippedOf(device.id)) === 3);
    const metrics = await fetch(`${plane.url}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(/hamon_peer_messages_refused_total\{what="reported-quarantined"\} [123]/);
    expect(await readiness()).toEqual({ status: 200, ingestion: 'ok' });
  });

  it('is told from a missing store: that ends readiness, and loses nothing', async () => {
    const rename = (from: string, to: string) => plane.database.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    await rename('device_events', 'elsewhere');
    await device.connect();
    const id = randomUUID();
    const event: DeviceEvent = {
      ...{ schema: 'hamon.event/1', id, device: device.id, at: new Date().toISOString(), kind: 'started' },
      ...{ version: null, reason: null, detail: '' },
    };
    await device.send('event', event);
    await eventually('the readiness to tell', async () => {
      const { status, ingestion } = await readiness();
      return status === 503 && ingestion === 'messages cannot be stored: event';
    });
    take(neighbour.id, 4);
    await eventually('a report meanwhile', async () => (await skippedOf(neighbour.id)) === 4);
    await rename('elsewhere', 'device_events');
    await eventually('the event', async () => {
      const rows = await plane.database.query<unknown[]>(`SELECT 1 FROM device_events WHERE id = $1`, [id]);
      return rows.length === 1;
    });
    await eventually('all well', async () => (await readiness()).status === 200);
    await device.stop();
  });
});
