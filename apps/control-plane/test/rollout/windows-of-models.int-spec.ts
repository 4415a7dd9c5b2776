import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutView, TelemetryWindow } from '@hamon/contracts';
import { pooledEvidence, type StageEvidence } from '@hamon/rollout';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { formerWindow } from '../support/former-messages.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let id: string;
let former: FakeDevice;
let current: FakeDevice;

async function start(version: string, watchSeconds: number): Promise<string> {
  const wanted = { model: 'tiny', version, stages: '100%', watchSeconds };
  return (await plane.call<RolloutView>('POST', '/v1/rollouts', wanted)).body.id;
}

async function connect(name: string, isFormer: boolean): Promise<FakeDevice> {
  const device = await FakeDevice.enrol(plane, name);
  device.isFormer = isFormer;
  behaveLikeAnAgent(device);
  await device.connect();
  return device;
}

async function evidence(): Promise<StageEvidence & { readonly schema: string }> {
  const [row] = await plane.database.query<{ evidence: StageEvidence & { schema: string } }[]>(
    'SELECT evidence FROM rollouts WHERE id = $1',
    [id],
  );
  if (!row) throw new Error(`no rollout ${id}`);
  return row.evidence;
}

const counted = async () => {
  const { windows, freshFrames, compared } = pooledEvidence((await evidence()).groups);
  return { windows, freshFrames, compared: compared?.frames };
};
const settled = (expected: Awaited<ReturnType<typeof counted>>) =>
  eventually(`evidence of ${expected.windows} windows`, async () => {
    const found = await counted();
    return JSON.stringify(found) === JSON.stringify(expected) && found;
  });

/** A window as an earlier release stored it. */
async function store({ fleet, device }: FakeDevice['identity'], body: object): Promise<void> {
  const { startedAt, endedAt, answering } = body as TelemetryWindow;
  await plane.database.query(
    `INSERT INTO windows (fleet, device, id, started_at, ended_at, model, version, bundle_sha256, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[fleet, device, randomUUID(), startedAt, endedAt],
      ...[answering.model, answering.version, answering.bundle, JSON.stringify(body)],
    ],
  );
}

const running = (device: FakeDevice): TelemetryWindow['answering'] => {
  const version = device.slots.current;
  if (!version) throw new Error(`${device.id} runs nothing`);
  return version;
};

describe('the evidence of a rollout', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    for (const version of ['1.0.0', '2.0.0']) await pushReleased(plane, { version });
    former = await connect('cam-former', true);
    current = await connect('cam-current', false);
    await rolloutEnds(plane, await start('1.0.0', 0));
    id = await start('2.0.0', 3600);
  });
  afterAll(async () => {
    for (const device of [former, current]) await device.stop();
    await plane.discard();
  });

  it('is of agents of both releases, in one comparison', async () => {
    // Each sent one window while the candidate shadowed, and one while it answered.
    await settled({ windows: 4, freshFrames: 400, compared: 800 });
    const { schema, groups } = await evidence();
    expect(schema).toBe('hamon.rollout-evidence/2');
    expect(groups[0]?.compared).toMatchObject({
      kind: 'classification/1',
      table: { labels: ['low', 'middle', 'high'] },
    });
  });

  it('takes every stream of the model, and nothing of another model of the device', async () => {
    const window = current.window(running(current));
    const another = { ...running(current), model: 'other', bundle: 'e'.repeat(64) };
    await current.send('telemetry', current.window(another));
    await current.send('telemetry', { ...window, stream: 'left' });
    await current.send('telemetry', { ...window, id: randomUUID(), stream: 'right' });
    await settled({ windows: 6, freshFrames: 800, compared: 800 });
    const [row] = await plane.database.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM windows WHERE device = 'cam-current' AND model = 'other'`,
    );
    expect(row?.count).toBe(1);
  });

  it('takes what an earlier release stored, and leaves out what nobody can read any longer', async () => {
    const body = formerWindow(former.window(running(former)));
    await store(former.identity, body);
    const { labels: _, ...unreadable } = body as Record<string, unknown>;
    await store(current.identity, unreadable);
    // Stored by hand: nothing woke the rollout.
    await current.send('telemetry', current.window(running(current)));
    await settled({ windows: 8, freshFrames: 1200, compared: 800 });
    expect((await evidence()).leftOut).toEqual([
      { device: 'cam-current', why: expect.stringMatching(/^labels: /) },
    ]);
  });
});
