import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deviceTopic,
  desiredFilter,
  MANIFEST_ORDERS,
  MAX_MODELS,
  type DeviceView,
  type Page,
  type RolloutView,
} from '@hamon/contracts';
import { Outbox } from '../../src/messaging/outbox.js';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { renew } from '../support/renew.js';
import { rolloutEnds, rolloutReaches } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

type Refusable = RolloutView & { code?: string; detail: string };

let plane: TestControlPlane;
const devices = new Map<string, FakeDevice>();

const agent = async (id: string, former?: true): Promise<FakeDevice> => {
  const orders = former ? (['hold', 'withdraw'] as const) : MANIFEST_ORDERS;
  const labels = { line: former ? 'old' : 'new' };
  const device = await connectAgent(plane, id, { orders, labels, ...(former && { former }) });
  devices.set(id, device);
  await eventually('its first report', async () => {
    const [row] = await plane.database.query<{ known: boolean }[]>(
      `SELECT reported IS NOT NULL AS known FROM devices WHERE id = $1`,
      [id],
    );
    return row?.known === true;
  });
  return device;
};
const start = (model: string, version: string, where: string, wanted: object = {}) =>
  plane.call<Refusable>('POST', '/v1/rollouts', {
    ...{ model, version, where, stages: '100%', watchSeconds: 0, ...wanted },
  });
const succeed = async (model: string, version: string, where: string): Promise<string> => {
  const { status, body } = await start(model, version, where);
  expect([status, body.detail]).toEqual([201, undefined]);
  expect((await rolloutEnds(plane, body.id)).state).toBe('succeeded');
  return body.id;
};
const shown = async (id: string): Promise<DeviceView> =>
  (await plane.call<DeviceView>('GET', `/v1/devices/${id}`)).body;
const running = ({ models }: DeviceView): string[] =>
  models.flatMap(({ current }) => (current ? [`${current.model}@${current.version}`] : []));
const toldOfStart = async (id: string): Promise<string> => {
  const [row] = await plane.database.query<{ text: string }[]>(
    `SELECT text FROM rollout_events WHERE rollout_id = $1 AND kind = 'started'`,
    [id],
  );
  return row?.text ?? '';
};

describe('a device with several models', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    for (const model of ['tiny', 'other']) {
      for (const version of ['1.0.0', '2.0.0']) await pushReleased(plane, { model, version });
    }
    await agent('cam-1');
    await agent('cam-2');
  });
  afterAll(async () => {
    for (const device of devices.values()) await device.stop();
    await plane.discard();
  });

  it('takes part in rollouts of different models at the same time, and in one of each model alone', async () => {
    const where = 'id in (cam-1,cam-2)';
    await succeed('tiny', '1.0.0', where);
    const tiny = await start('tiny', '2.0.0', where, { stages: '1,100%', approve: 'manual' });
    await rolloutReaches(plane, tiny.body.id, 'awaiting-approval');

    await succeed('other', '1.0.0', where);
    const other = await start('other', '2.0.0', where, { stages: '1,100%', approve: 'manual' });
    await rolloutReaches(plane, other.body.id, 'awaiting-approval');
    expect(await start('other', '1.0.0', 'id=cam-1')).toMatchObject({
      status: 409,
      body: {
        code: 'device-busy',
        detail: `Device "cam-1" takes part in rollout ${other.body.id} (other@2.0.0).`,
      },
    });

    // Each has the evidence of its own model alone, and goes back without the other.
    const [first] = (await rolloutReaches(plane, other.body.id, 'awaiting-approval')).stages;
    expect(first?.judgement?.verdict).toBe('pass');
    await plane.call('POST', `/v1/rollouts/${other.body.id}/abort`, { rollback: true });
    expect((await rolloutEnds(plane, other.body.id)).state).toBe('aborted');
    await plane.call('POST', `/v1/rollouts/${tiny.body.id}/approve`, {});
    expect((await rolloutEnds(plane, tiny.body.id)).state).toBe('succeeded');
    for (const id of ['cam-1', 'cam-2']) {
      expect(running(await shown(id))).toEqual(['other@1.0.0', 'tiny@2.0.0']);
      expect(await shown(id)).toMatchObject({ current: { model: 'tiny' }, health: { word: 'ok' } });
    }
    const { body } = await plane.call<Page<DeviceView>>('GET', '/v1/devices?where=id=cam-1');
    expect(body.items.map(running)).toEqual([['other@1.0.0', 'tiny@2.0.0']]);
  });

  it('counts the sequences of each model by themselves, a new one above all that were signed for it', async () => {
    const cam = devices.get('cam-1');
    const of = (model: string): number[] =>
      (cam?.manifests ?? []).filter((one) => one.model === model).map(({ sequence }) => sequence);
    const [[first = 0] = [], tiny = []] = [of('other'), of('tiny')];
    expect(tiny.filter((sequence) => sequence < first)).not.toHaveLength(0);
    for (const model of ['tiny', 'other']) {
      const sequences = of(model);
      expect(sequences).toEqual(sequences.map((_, i) => (sequences[0] ?? 0) + i));
    }
  });

  it('gets no model beyond the most that it may have, and nothing is signed', async () => {
    const full = await agent('cam-full');
    for (let i = 0; i < MAX_MODELS; i++) {
      const version = {
        model: `m-${i}`,
        version: '1.0.0',
        variant: 'fp32',
        bundle: 'a'.repeat(64),
        sequence: 1,
      };
      full.of(version.model).slots = { current: version, previous: null, candidate: null };
    }
    await full.report();
    await eventually('its models', async () => (await shown('cam-full')).models.length === MAX_MODELS);
    const refused = await start('tiny', '1.0.0', 'id in (cam-1,cam-full)');
    expect(refused).toMatchObject({ status: 409, body: { code: 'too-many-models' } });
    expect(refused.body.detail).toMatch(
      /^1 device has 16 models already.*"tiny" would be one more: cam-full\./,
    );
    const rows = await plane.database.query(
      `SELECT FROM device_desired WHERE device = 'cam-full' AND model = 'tiny'`,
    );
    expect(rows).toEqual([]);
    // A new version of one that it has is none more.
    await pushReleased(plane, { model: 'm-0', version: '2.0.0' });
    await succeed('m-0', '2.0.0', 'id=cam-full');
  });
});

describe('a device whose agent is of the former release', () => {
  let former: FakeDevice;
  beforeAll(async () => {
    plane = await startTestControlPlane();
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await pushReleased(plane, { version });
    await pushReleased(plane, { model: 'other' });
    former = await agent('cam-old', true);
    await agent('cam-new');
  });
  afterAll(async () => {
    for (const id of ['cam-old', 'cam-new']) await devices.get(id)?.stop();
    await plane.discard();
  });

  it('is brought its one model by its one topic, and judged by its windows', async () => {
    await succeed('tiny', '1.0.0', '');
    const { body } = await start('tiny', '2.0.0', 'id=cam-old', { watchSeconds: 1 });
    const ended = await rolloutEnds(plane, body.id);
    expect(ended.state).toBe('succeeded');
    const checks = ended.stages[0]?.judgement?.checks ?? [];
    expect(checks.find(({ name }) => name === 'agreement')).toMatchObject({
      verdict: 'pass',
      evidence: 'paired',
    });
    const windows = await plane.call<Page<{ schema: string; stream: string }>>(
      'GET',
      '/v1/devices/cam-old/windows',
    );
    expect(windows.body.items[0]).toMatchObject({ schema: 'hamon.window/2', stream: 'main' });
    expect(running(await shown('cam-old'))).toEqual(['tiny@2.0.0']);
  });

  it('is left out of a rollout of another model, which says so', async () => {
    const id = await succeed('other', '1.0.0', '');
    expect(await toldOfStart(id)).toContain(
      'left out: 1 device, whose agent runs one model only (cam-old: tiny)',
    );
    expect(await start('other', '1.0.0', 'id=cam-old')).toMatchObject({
      status: 409,
      body: { code: 'device-runs-other-model' },
    });
    expect(running(await shown('cam-new'))).toEqual(['other@1.0.0', 'tiny@1.0.0']);
    expect(running(await shown('cam-old'))).toEqual(['tiny@2.0.0']);
  });

  it('hears of its models by topics of their own once it is updated, and the former one is cleared', async () => {
    const { fleet } = former.identity;
    await former.stop();
    former.isFormer = false;
    former.orders = MANIFEST_ORDERS;
    former.floor = former.highest?.sequence ?? 0;
    await former.connect();
    const heard: string[] = [];
    former.client.on('message', (topic, payload) => payload.length > 0 && void heard.push(topic));
    await eventually('the former topic to be cleared', async () => {
      heard.length = 0;
      await former.client.subscribeAsync(deviceTopic('desiredSingle', fleet, 'cam-old'), { qos: 1 });
      await former.client.subscribeAsync(desiredFilter(fleet, 'cam-old'), { qos: 1 });
      await former.report();
      return heard.length > 0 && heard.every((topic) => topic.endsWith('/desired/tiny'));
    });
    await succeed('other', '1.0.0', 'id=cam-old');
    await succeed('tiny', '3.0.0', 'id=cam-old');
    expect(running(await shown('cam-old'))).toEqual(['other@1.0.0', 'tiny@3.0.0']);
  });

  it('is told of the first model alone where the hardware before it ran several, also once all are renewed', async () => {
    await plane.database.query(`UPDATE devices SET max_models = 1 WHERE id = 'cam-new'`);
    const told = async (): Promise<unknown> => {
      const source = plane.app.get(Outbox, { strict: false }).source('desired');
      const announced = await source.current([{ kind: 'desired', device: 'cam-new', model: null }]);
      const payload = announced.find(({ model }) => model === null)?.jws?.payload ?? '';
      return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { model: unknown }).model;
    };
    expect(await told()).toBe('tiny');
    await renew(plane);
    expect(await told()).toBe('tiny');
  });
});
