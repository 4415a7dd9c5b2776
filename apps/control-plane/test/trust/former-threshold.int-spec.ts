import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, type RolloutView, type ThresholdOverride } from '@hamon/contracts';
import { Outbox } from '../../src/messaging/outbox.js';
import { DesiredStateService } from '../../src/trust/desired-state.service.js';
import { connectAgent } from '../support/connect-agent.js';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { release } from '../support/push.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;

beforeAll(async () => {
  plane = await startTestControlPlane();
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) await release(plane, { bundle: { version } });
  device = await connectAgent(plane, 'cam-1');
  device.behave = () => Promise.resolve();
});
afterAll(async () => {
  await device.stop();
  await plane.discard();
});

/** Assigns a version; answers the threshold in the manifest that the device gets. */
async function thresholdOf(
  version: string,
  own: ThresholdOverride | undefined,
  threshold?: 'former',
  rolloutId: string | null = null,
): Promise<ThresholdOverride | undefined> {
  const [row] = await plane.database.query<{ id: string }[]>(`SELECT id FROM versions WHERE version = $1`, [
    version,
  ]);
  const before = device.manifests.length;
  await plane.database.transaction((manager) =>
    plane.app.get(DesiredStateService, { strict: false }).assign(manager, {
      ...{ fleet: device.identity.fleet, model: 'tiny', rolloutId },
      targets: new Map([['cam-1', { versionId: row?.id ?? '', variant: 'fp32' }]]),
      policy: { ...DEFAULT_DEVICE_POLICY, ...(own !== undefined && { threshold: own }) },
      ...(threshold && { threshold }),
    }),
  );
  plane.app.get(Outbox, { strict: false }).kick();
  await eventually('its manifest', () => device.manifests.length > before);
  return device.manifests.at(-1)?.policy.threshold;
}

it('a way back has the threshold that the version had on the device, not that of the one that failed', async () => {
  expect(await thresholdOf('1.0.0', { Crack: 0.4 })).toEqual({ Crack: 0.4 });
  expect(await thresholdOf('2.0.0', 0.9)).toBe(0.9);
  expect(await thresholdOf('1.0.0', 0.9, 'former')).toEqual({ Crack: 0.4 });
  // One that had none has none again.
  expect(await thresholdOf('3.0.0', undefined)).toBeUndefined();
  expect(await thresholdOf('2.0.0', 0.7)).toBe(0.7);
  expect(await thresholdOf('3.0.0', 0.7, 'former')).toBeUndefined();
  // One that was given up does not count.
  await plane.database.query(`UPDATE deployments SET state = 'rolled-back' WHERE threshold = '0.7'::jsonb`);
  expect(await thresholdOf('2.0.0', 0.1, 'former')).toBe(0.9);
});

it('a way back from a rollout that only changed the threshold has the one before it', async () => {
  expect(await thresholdOf('1.0.0', 0.6)).toBe(0.6);
  // Of another device, which is away: nothing decides about it meanwhile.
  await FakeDevice.enrol(plane, 'cam-2');
  const wanted = { model: 'tiny', version: '1.0.0', where: 'id=cam-2', stages: '100%', watchSeconds: 0 };
  const { body } = await plane.call<RolloutView>('POST', '/v1/rollouts', wanted);
  expect(await thresholdOf('1.0.0', 0.2, undefined, body.id)).toBe(0.2);
  expect(await thresholdOf('1.0.0', 0.2, 'former', body.id)).toBe(0.6);
});
