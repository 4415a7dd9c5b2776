import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceView, RunningVersion } from '@hamon/contracts';
import { Inbox } from '../../src/messaging/inbox.js';
import { migrate } from '../../src/platform/migrate.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { connected, undoMigration } from '../support/former-database.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;
let other: FakeDevice;

const version = (name: string, digit: string): RunningVersion => ({
  ...{ model: 'tiny', version: name, variant: 'fp32', bundle: digit.repeat(64), sequence: 1 },
});

const SLOTS = `SELECT device, model, slot, version, bundle_sha256, sequence FROM device_slots ORDER BY 1, 2, 3`;
const DEPLOYMENTS = `SELECT device, model, bundle_sha256, version, state, given_up, chunks, reason FROM reported_deployments ORDER BY 1, 2`;
const MODELS = `SELECT device, model, rejection, execution_provider FROM reported_models ORDER BY 1, 2`;
const readModels = async () => [
  await plane.database.query(SLOTS),
  await plane.database.query(DEPLOYMENTS),
  await plane.database.query(MODELS),
];
const slotsOf = async ({ id }: FakeDevice): Promise<string[]> => {
  const rows = await plane.database.query<{ slot: string; version: string }[]>(
    `SELECT slot, version FROM device_slots WHERE device = $1 ORDER BY slot`,
    [id],
  );
  return rows.map(({ slot, version: name }) => `${slot} ${name}`);
};

beforeAll(async () => {
  plane = await startTestControlPlane();
  [device, other] = [await FakeDevice.enrol(plane, 'cam-1'), await FakeDevice.enrol(plane, 'cam-2')];
  for (const one of [device, other]) {
    await one.connect();
    one.slots = { current: version('2.0.0', 'b'), previous: version('1.0.0', 'a'), candidate: null };
    const chunks = { have: 1, total: 2 };
    one.deployment = { version: version('3.0.0', 'c'), state: 'refused', chunks, reason: null };
    await one.report();
  }
  await eventually('both reports', async () => (await plane.database.query(SLOTS)).length === 4);
});
afterAll(async () => {
  for (const one of [device, other]) await one.stop();
  await plane.discard();
});

it('what devices report can be read by slot and by model, and follows the newest report of each alone', async () => {
  expect(await plane.database.query(DEPLOYMENTS)).toMatchObject([
    { device: 'cam-1', state: 'refused', given_up: true, chunks: { have: 1, total: 2 } },
    { device: 'cam-2', state: 'refused', given_up: true },
  ]);
  device.slots = { ...device.slots, previous: null, candidate: version('3.0.0', 'c') };
  device.deployment = null;
  await device.report();
  await eventually('the next report', async () => (await slotsOf(device)).includes('candidate 3.0.0'));
  expect(await slotsOf(device)).toEqual(['candidate 3.0.0', 'current 2.0.0']);
  expect(await slotsOf(other)).toEqual(['current 2.0.0', 'previous 1.0.0']);
  expect(await plane.database.query(DEPLOYMENTS)).toMatchObject([{ device: 'cam-2' }]);
});

it('what a model runs on is shown, and no more once a device no longer says so', async () => {
  const shown = async (): Promise<(string | undefined)[]> => {
    const { body } = await plane.call<DeviceView>('GET', `/v1/devices/${other.id}`);
    return body.models.filter(({ current }) => current).map(({ executionProvider }) => executionProvider);
  };
  expect(await shown()).toEqual([undefined]);
  other.executionProvider = 'webgpu';
  await other.report();
  await eventually('the provider', async () => (await shown())[0] === 'webgpu');
  other.executionProvider = undefined;
  await other.report();
  await eventually('none', async () => (await shown())[0] === undefined);
});

it('a database of an earlier release has the same once it is brought up to date', async () => {
  const before = await readModels();
  const { databaseUrl: url } = plane;
  const source = await connected(url);
  await undoMigration(source, 'ReadModels');
  await source.destroy();
  await migrate(url);
  expect(await readModels()).toEqual(before);
});

it('a start is refused where nobody handles a kind of message', () => {
  const inbox = plane.app.get(Inbox, { strict: false });
  const forgetful = Object.create(inbox, { intakes: { value: {} } }) as Inbox;
  expect(() => forgetful.onApplicationBootstrap()).toThrow('nobody handles messages of kind');
  expect(() => inbox.onApplicationBootstrap()).not.toThrow();
});
