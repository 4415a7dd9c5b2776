import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceEvent, documentOf, pageOf, type Page } from '@hamon/contracts';
import { eventually } from '../support/eventually.js';
import { FakeDevice } from '../support/fake-device.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let device: FakeDevice;

const path = (query = ''): string => `/v1/devices/${device.id}/events${query}`;
const list = async (query = ''): Promise<Page<DeviceEvent>> =>
  (await plane.call<Page<DeviceEvent>>('GET', path(query))).body;

const event = (second: number, detail: string): DeviceEvent => ({
  schema: 'hamon.event/1',
  id: randomUUID(),
  device: device.id,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
  kind: 'source-unreadable',
  version: null,
  reason: null,
  detail,
});

describe('events of a device', () => {
  beforeAll(async () => {
    plane = await startTestControlPlane();
    device = await FakeDevice.enrol(plane, 'cam-1');
    await device.connect();
    for (const sent of [event(2, 'b'), event(1, 'a'), event(3, 'c'), event(3, 'd')]) {
      await device.send('event', sent);
    }
    await eventually('all of them', async () => (await list()).items.length === 4);
  });
  afterAll(async () => {
    await device.stop();
    await plane.discard();
  });

  it('are listed newest first, in documents with their schema', async () => {
    const { body } = await plane.call('GET', path());
    const page = documentOf('device-events', pageOf(DeviceEvent)).parse(body);
    expect(page.items.map(({ detail }) => detail).slice(2)).toEqual(['b', 'a']);
    expect(page.items.map(({ detail }) => detail).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are read to the end by pages, each once', async () => {
    const all = (await list()).items;
    const seen: DeviceEvent[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: Page<DeviceEvent> = await list(`?limit=1${after === '' ? '' : `&after=${after}`}`);
      seen.push(...page.items);
      after = page.next;
    }
    expect(seen).toEqual(all);
  });

  it('are counted, and selected by their kind', async () => {
    expect(await list('?limit=1')).toMatchObject({ total: 4 });
    expect(await list('?where=kind=source-unreadable')).toMatchObject({ total: 4 });
    expect(await list('?where=kind=rolled-back')).toEqual(expect.objectContaining({ items: [], total: 0 }));
  });

  it('are not shown for a device that the fleet does not have, nor by a made-up cursor', async () => {
    expect(await plane.call('GET', '/v1/devices/cam-9/events')).toMatchObject({
      status: 404,
      body: { code: 'device-not-found' },
    });
    expect(await plane.call('GET', path('?after=nonsense'))).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'after' }] },
    });
  });

  it('are described in OpenAPI', async () => {
    const { body } = await plane.call<{ paths: Record<string, unknown> }>('GET', '/v1/openapi.json');
    expect(Object.keys(body.paths)).toContain('/v1/devices/{device}/events');
  });
});
