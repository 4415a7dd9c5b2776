import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceView } from '@hamon/contracts';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;

const version = { model: 'tiny', version: '1.0.0', variant: 'fp32', bundle: 'a'.repeat(64), sequence: 1 };
const scrape = async (): Promise<string> => (await fetch(`${plane.url}/metrics`)).text();

describe('metrics of the fleet', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    device = await FakeDevice.enrol(plane, 'cam-1');
    await FakeDevice.enrol(plane, 'cam-2');
    await device.connect();
    device.slots = { current: version, previous: null, candidate: null };
    device.conditions = [{ code: 'no-frames', since: '2026-03-01T12:00:00.000Z', detail: 'none for 5 min' }];
    await device.report();
    await device.send('telemetry', device.window(version));
    await eventually('the report', async () => {
      const { body } = await plane.call<DeviceView>('GET', '/v1/devices/cam-1');
      return body.health.code === 'no-frames';
    });
  });
  afterAll(async () => {
    await device.stop();
    await plane.discard();
  });

  it('count devices, rollouts, windows, and what waits', async () => {
    await eventually('the window', async () => /hamon_windows_stored_total 1\n/.test(await scrape()));
    const metrics = await scrape();
    for (const line of [
      'hamon_devices{online="true"} 1',
      'hamon_devices{online="false"} 1',
      'hamon_devices_by_health{health="failing"} 1',
      'hamon_devices_by_health{health="offline"} 1',
      'hamon_devices_by_health{health="ok"} 0',
      'hamon_devices_troubled{code="no-frames"} 1',
      'hamon_devices_by_version{version="tiny@1.0.0"} 1',
      'hamon_devices_by_version{version="none"} 1',
      'hamon_rollouts{state="running"} 0',
      'hamon_rollout_decision_failures 0',
      'hamon_outbox_rows 0',
      'hamon_outbox_oldest_seconds 0',
    ]) {
      expect(metrics).toContain(`${line}\n`);
    }
  });

  it('count a window that is delivered twice once', async () => {
    const window = device.window(version);
    await device.send('telemetry', window);
    await device.send('telemetry', window);
    // Sent after both: once it is stored, they are.
    await device.send('telemetry', device.window(version));
    await eventually('the windows', async () => {
      const { body } = await plane.call<{ items: unknown[] }>('GET', '/v1/devices/cam-1/windows');
      return body.items.length === 3;
    });
    await eventually('the count', async () => /hamon_windows_stored_total 3\n/.test(await scrape()));
  });
});
