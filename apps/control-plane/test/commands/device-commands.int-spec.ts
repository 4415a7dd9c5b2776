import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandState, CommandView, DeviceReply } from '@hamon/contracts';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
const devices: FakeDevice[] = [];

const join = async (id: string, able = true): Promise<FakeDevice> => {
  const device = await FakeDevice.enrol(plane, id);
  devices.push(device);
  if (able) device.orders = ['logs', 'restart'];
  await device.connect();
  await eventually(`${id} is known`, async () => {
    const sql = `SELECT reported IS NOT NULL AS known FROM devices WHERE id = $1`;
    return (await plane.database.query<{ known: boolean }[]>(sql, [id]))[0]?.known;
  });
  return device;
};
const ask = (id: string, body: object) =>
  plane.call<CommandView & { code: string }>('POST', `/v1/devices/${id}/commands`, body);
const becomes = (id: string, state: CommandState): Promise<CommandView> =>
  eventually(`${id} is ${state}`, async () => {
    const { body } = await plane.call<CommandView>('GET', `/v1/commands/${id}`);
    return body.state === state && body;
  });
const told = (device: FakeDevice, id: string, times = 1) =>
  eventually(`${device.id} is told of ${id}`, () => {
    const heard = device.commands.filter((command) => command.id === id);
    return heard.length >= times && heard.at(-1);
  });
const reply = (
  device: FakeDevice,
  id: string,
  content:
    | Pick<Extract<DeviceReply, { kind: 'logs' }>, 'kind' | 'state' | 'lines'>
    | { kind: 'restart'; state: 'accepted' | 'succeeded' },
) =>
  device.send('reply', {
    ...{ schema: 'hamon.reply/1', id, device: device.id, at: new Date().toISOString(), reason: null },
    ...content,
  });

beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(async () => {
  for (const device of devices) await device.stop();
  await plane.discard();
});

describe('a command', () => {
  it('for the log is answered with its lines', async () => {
    const device = await join('a');
    const { status, body } = await ask('a', { kind: 'logs', lines: 10 });
    expect(status).toBe(201);
    expect(await told(device, body.id)).toMatchObject({ kind: 'logs', lines: 10 });
    const lines = ['{"msg":"agent ready"}'];
    await reply(device, body.id, { kind: 'logs', state: 'succeeded', lines });
    expect(await becomes(body.id, 'succeeded')).toMatchObject({ lines });
  });

  it('to restart is repeated until the device is back, and then no more', async () => {
    const device = await join('b');
    const { body } = await ask('b', { kind: 'restart' });
    await told(device, body.id);
    await reply(device, body.id, { kind: 'restart', state: 'accepted' });
    await becomes(body.id, 'accepted');
    await device.stop();
    await device.connect();
    await told(device, body.id, 2);
    await reply(device, body.id, { kind: 'restart', state: 'succeeded' });
    await becomes(body.id, 'succeeded');
    await device.stop();
    await device.connect();
    const next = await ask('b', { kind: 'restart' });
    await told(device, next.body.id);
    expect(device.commands.filter(({ id }) => id === body.id)).toHaveLength(2);
    const [first, second] = [body.id, next.body.id].map(
      (id) => device.commands.find((command) => command.id === id)?.issuedAt ?? '',
    );
    expect(Date.parse(second ?? '')).toBeGreaterThan(Date.parse(first ?? ''));
  });

  it('is refused where the agent does not know it, or one of its kind is open', async () => {
    await join('c', false);
    expect(await ask('c', { kind: 'logs' })).toMatchObject({ status: 409, body: { code: 'device-unable' } });
    await join('d');
    expect((await ask('d', { kind: 'logs' })).status).toBe(201);
    expect(await ask('d', { kind: 'logs' })).toMatchObject({ status: 409, body: { code: 'command-open' } });
    expect((await ask('d', { kind: 'restart' })).status).toBe(201);
    expect(await ask('nobody', { kind: 'logs' })).toMatchObject({ status: 404 });
  });

  it('is not ended by another device', async () => {
    const [device, other] = [await join('e'), await join('f')];
    const { body } = await ask('e', { kind: 'logs' });
    await told(device, body.id);
    await reply(other, body.id, { kind: 'logs', state: 'succeeded', lines: ['forged'] });
    await reply(device, body.id, { kind: 'logs', state: 'succeeded', lines: ['own'] });
    expect(await becomes(body.id, 'succeeded')).toMatchObject({ lines: ['own'] });
  });

  it('ends by itself where the device does not come, and where it is retired', async () => {
    const device = await join('g');
    await device.stop();
    const { body } = await ask('g', { kind: 'logs' });
    await plane.database.query(`UPDATE device_commands SET expires_at = now() WHERE id = $1`, [body.id]);
    await becomes(body.id, 'expired');
    const open = await ask('g', { kind: 'restart' });
    await plane.call('POST', '/v1/devices/g/retire', { why: 'stolen' });
    await becomes(open.body.id, 'cancelled');
  });
});
