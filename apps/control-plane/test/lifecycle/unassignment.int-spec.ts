import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANIFEST_ORDERS, type DeviceView, type ManifestOrder, type RolloutView } from '@hamon/contracts';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice, runningVersion } from '../support/fake-device.js';
import { newModelState } from '../support/model-state.js';
import { pushReleased } from '../support/push-bundle.js';
import { renew } from '../support/renew.js';
import { rolloutEnds } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;

async function device(id: string, orders = MANIFEST_ORDERS as readonly ManifestOrder[]): Promise<FakeDevice> {
  const made = await FakeDevice.enrol(plane, id);
  made.orders = orders;
  behaveLikeAnAgent(made);
  return made;
}

interface Desired {
  readonly order: ManifestOrder | null;
  readonly announced: boolean;
  readonly sequence: number;
}

const stateOf = async (id: string, model: string): Promise<Desired> => {
  const [row] = await plane.database.query<Desired[]>(
    `SELECT manifest_order AS "order", jws IS NOT NULL AS announced, sequence::int AS sequence
     FROM device_desired WHERE device = $1 AND model = $2`,
    [id, model],
  );
  return row as Desired;
};

describe('a model that is taken from a device', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    await pushReleased(plane, { version: '1.0.0' });
  });
  afterAll(() => plane.discard());

  it('is not activated by a device that was offline and on its way to it', async () => {
    const far = await device('cam-far', ['hold', 'withdraw']);
    const near = await device('cam-near');
    await near.connect();
    const { body: rollout } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      ...{ model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 0 },
      where: 'id in (cam-near,cam-far)',
    });
    expect((await rolloutEnds(plane, rollout.id)).state).toBe('succeeded');
    far.behave = (manifest) => far.progress(runningVersion(manifest), 'shadowing');
    await far.connect();
    await eventually('it to be on its way', async () => {
      const { body } = await plane.call<DeviceView>('GET', '/v1/devices/cam-far');
      return body.deployment?.state === 'shadowing';
    });
    const { sequence } = far.highest ?? { sequence: 0 };
    await far.stop();
    const wanted = { model: 'tiny', why: 'moved' };
    const answer = await plane.call<DeviceView>('POST', '/v1/devices/cam-far/unassign', wanted);
    expect(answer).toMatchObject({ status: 200, body: { desired: null } });
    await far.connect();
    await eventually('it to hear of that', () => (far.highest?.sequence ?? 0) > sequence);
    expect(far.manifests.at(-1)).toMatchObject({ version: '1.0.0', order: 'withdraw' });
    await Promise.all([near.stop(), far.stop()]);
  });

  it('is removed by a signed order, also by a device that was offline, which is over once that is proven', async () => {
    const [one, other] = [await device('cam-one'), await device('cam-other')];
    for (const cam of [one, other]) await cam.connect();
    await pushReleased(plane, { model: 'other' });
    for (const model of ['tiny', 'other']) {
      const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
        ...{ model, version: '1.0.0', stages: '100%', watchSeconds: 0 },
        where: 'id in (cam-one,cam-other)',
      });
      expect((await rolloutEnds(plane, body.id)).state).toBe('succeeded');
    }
    const before = one.of('tiny').highest?.sequence ?? 0;
    await one.stop();
    const wanted = { model: 'tiny', why: 'the line was rebuilt' };
    const answer = await plane.call<DeviceView>('POST', '/v1/devices/cam-one/unassign', wanted);
    expect(answer).toMatchObject({ status: 200, body: { models: [{ model: 'other' }, { desired: null }] } });
    expect(await stateOf('cam-one', 'tiny')).toMatchObject({ order: 'unassign', announced: true });

    // Renewed like any other manifest.
    await plane.database.query(
      `UPDATE device_desired SET expires_at = now() WHERE manifest_order = 'unassign'`,
    );
    await renew(plane);
    const { sequence } = await stateOf('cam-one', 'tiny');
    expect(sequence).toBeGreaterThan(before + 1);

    await one.connect();
    await eventually('the order to be over', async () => !(await stateOf('cam-one', 'tiny')).announced);
    expect(await stateOf('cam-one', 'tiny')).toEqual({ order: null, announced: false, sequence });
    expect(one.of('tiny').slots.current).toBeNull();
    const { body: shown } = await plane.call<DeviceView>('GET', '/v1/devices/cam-one');
    expect(shown.models.map(({ model }) => model)).toEqual(['other']);
    expect(shown).toMatchObject({ current: { model: 'other' }, health: { word: 'ok' } });
    expect(other.of('tiny').slots.current?.version).toBe('1.0.0');
    expect(await plane.call('POST', '/v1/devices/cam-one/unassign', wanted)).toMatchObject({
      status: 409,
      body: { code: 'model-not-assigned', detail: 'Device "cam-one" has no "tiny": it has other.' },
    });

    // Above all that it removed: the device takes nothing older.
    const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      ...{ model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 0, where: 'id=cam-one' },
    });
    expect((await rolloutEnds(plane, body.id)).state).toBe('succeeded');
    expect(one.of('tiny').highest?.sequence).toBeGreaterThan(sequence);
    await Promise.all([one.stop(), other.stop()]);
  });

  it('is removed too where the device only refused it: until then its health would tell of it for ever', async () => {
    const sore = await device('cam-sore');
    await sore.connect();
    const { body: first } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      ...{ model: 'other', version: '1.0.0', stages: '100%', watchSeconds: 0, where: 'id=cam-sore' },
    });
    expect((await rolloutEnds(plane, first.id)).state).toBe('succeeded');
    const { behave } = sore;
    const reason = { code: 'memory-budget', detail: 'no memory is left' } as const;
    sore.behave = (manifest) => sore.progress(runningVersion(manifest), 'refused', reason);
    const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      ...{ model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 0, where: 'id=cam-sore' },
    });
    await rolloutEnds(plane, body.id);
    sore.behave = behave;
    const view = () => plane.call<DeviceView>('GET', '/v1/devices/cam-sore');
    await eventually('it to tell', async () => (await view()).body.health.word === 'failing');
    const answer = await plane.call('POST', '/v1/devices/cam-sore/unassign', {
      model: 'tiny',
      why: 'too large',
    });
    expect(answer.status).toBe(200);
    await eventually('it to be well', async () => (await view()).body.health.word === 'ok');
    expect((await view()).body.models.map(({ model }) => model)).toEqual(['other']);
    await sore.stop();
  });

  it('stays ordered where the device only says that it removed it', async () => {
    const liar = await device('cam-liar');
    await liar.connect();
    const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', {
      ...{ model: 'tiny', version: '1.0.0', stages: '100%', watchSeconds: 0, where: 'id=cam-liar' },
    });
    expect((await rolloutEnds(plane, body.id)).state).toBe('succeeded');
    liar.behave = () => Promise.resolve();
    const before = liar.highest;
    await plane.call('POST', '/v1/devices/cam-liar/unassign', { model: 'tiny', why: 'moved' });
    await eventually('the order', () => liar.manifests.at(-1)?.order === 'unassign');
    // Nothing of the model, and the manifest before the order as its newest.
    const { highest } = liar.of('tiny');
    Object.assign(liar.of('tiny'), newModelState(), { highest: before });
    expect(highest?.sequence).toBeGreaterThan(before?.sequence ?? 0);
    await liar.report();
    await eventually('the report', async () => {
      const { body: shown } = await plane.call<DeviceView>('GET', '/v1/devices/cam-liar');
      return shown.current === null;
    });
    expect(await stateOf('cam-liar', 'tiny')).toMatchObject({ order: 'unassign', announced: true });
    await liar.stop();
  });
});
