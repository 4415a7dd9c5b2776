import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page, RolloutMemberView, RolloutView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import type { FakeDevice } from '../support/fake-device.js';
import { pushReleased } from '../support/push-bundle.js';
import { connected, undoMigration } from '../support/former-database.js';
import { rolloutReaches } from '../support/rollouts.js';
import {
  makeTestPlace,
  startTestControlPlane,
  type TestControlPlane,
  type TestPlace,
} from '../support/test-control-plane.js';

let place: TestPlace;
let plane: TestControlPlane;
const devices: FakeDevice[] = [];
beforeAll(async () => {
  place = await makeTestPlace();
  plane = await startTestControlPlane({}, place);
  await pushReleased(plane, { version: '1.0.0' });
  await pushReleased(plane, { version: '2.0.0' });
  for (let i = 0; i < 3; i++) devices.push(await connectAgent(plane, `cam-${i}`));
});
afterAll(async () => {
  for (const device of devices) await device.stop();
  await plane.stop();
  await place.discard();
});

const start = async (version: string, wanted: object = {}): Promise<string> => {
  const body = { model: 'tiny', version, stages: '1,100%', watchSeconds: 0, ...wanted };
  return (await plane.call<RolloutView>('POST', '/v1/rollouts', body)).body.id;
};
const reaches = (id: string, state: RolloutView['state']): Promise<RolloutView> =>
  rolloutReaches(plane, id, state);

it('a rollout from a release without variants per member goes on after the migration', async () => {
  const former = await start('1.0.0');
  await reaches(former, 'succeeded');
  const id = await start('2.0.0', { approve: 'manual' });
  const before = await reaches(id, 'awaiting-approval');
  for (const device of devices) await device.stop();
  await plane.stop();

  const source = await connected(place.databaseUrl);
  await undoMigration(source, 'RolloutVariants');
  const old = await source.query<{ variant: string; spec: { spec: object }; evidence: object }[]>(
    'SELECT variant, spec, evidence FROM rollouts',
  );
  for (const { variant, spec, evidence } of old) {
    expect(variant).toBe('fp32');
    expect(spec.spec).toMatchObject({ variant: 'fp32', bundle: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(evidence).toMatchObject({
      windows: expect.any(Number),
      candidate: { frames: expect.any(Number) },
    });
  }
  await source.destroy();

  plane = await startTestControlPlane({}, place);
  for (const device of devices) await device.connect(plane.mqttUrl);
  const after = await reaches(id, 'awaiting-approval');
  expect(after).toMatchObject({ variant: 'fp32', stages: before.stages, progress: before.progress });
  expect(after.targets).toEqual([{ variant: 'fp32', choice: 'given', hardwareClasses: [], devices: 3 }]);
  await plane.call('POST', `/v1/rollouts/${id}/approve`, {});
  expect(await reaches(id, 'succeeded')).toMatchObject({ progress: { committed: 3 }, reason: '' });
  const { body } = await plane.call<Page<RolloutMemberView>>('GET', `/v1/rollouts/${id}/members`);
  const told = body.items.map(({ variant, hardwareClass }) => `${variant} ${hardwareClass}`);
  expect(told).toEqual(Array(3).fill('fp32 unknown'));
  expect(devices.map(({ slots }) => slots.current?.version)).toEqual(Array(3).fill('2.0.0'));
});
