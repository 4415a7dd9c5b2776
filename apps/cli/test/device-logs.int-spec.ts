import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceEvent } from '@hamon/contracts';
import { FakeServer, json } from './support/fake-server.js';
import { hamon } from './support/run.js';
import { configurationView, deviceView } from './support/views.js';

const event = (change: Partial<DeviceEvent> = {}): DeviceEvent => ({
  schema: 'hamon.event/1',
  id: '7f5b3d0e-1111-4222-8333-444455556666',
  device: 'cam-1',
  at: '2026-03-01T12:00:00.000Z',
  kind: 'source-unreadable',
  version: null,
  reason: null,
  detail: 'source: /images cannot be listed',
  ...change,
});

let server: FakeServer;
beforeAll(async () => {
  server = await FakeServer.start();
});
afterAll(() => server.stop());
beforeEach(() => void server.received.splice(0));

describe('device logs', () => {
  it('lists what a device told and says how to go on', async () => {
    server.on('GET /v1/devices/cam-1/events', (_q, r) =>
      json(r, { items: [event()], next: 'abc', total: 900 }),
    );
    const { out } = await hamon(['device', 'logs', 'cam-1', '--limit', '1', ...server.flags]);
    expect(out).toMatch(/source-unreadable: source: \/images cannot be listed/);
    expect(out).toMatch(/\n\n1 of 900 events; next: --after abc\n$/);
  });

  it('answers one document under --json', async () => {
    server.on('GET /v1/devices/cam-1/events', (_q, r) => json(r, { items: [event()], next: null }));
    const said = await hamon(['device', 'logs', 'cam-1', '--json', ...server.flags]);
    expect(said.json).toEqual({ schema: 'hamon.device-events/1', items: [event()], next: null });
  });

  it('keeps an event on one line, whatever the device wrote', async () => {
    const detail = 'first\n2026-03-01 12:00:01  committed';
    server.on('GET /v1/devices/cam-1', (_q, r) => json(r, deviceView()));
    server.on('GET /v1/devices/cam-1/benchmarks', (_q, r) => json(r, { items: [], next: null }));
    server.on('GET /v1/devices/cam-1/configuration', (_q, r) => json(r, configurationView()));
    server.on('GET /v1/devices/cam-1/events', (_q, r) => json(r, { items: [event({ detail })], next: null }));
    server.on('GET /v1/devices/cam-1/windows', (_q, r) => json(r, { items: [], next: null }));
    for (const verb of ['logs', 'show']) {
      const { out } = await hamon(['device', verb, 'cam-1', ...server.flags]);
      const about = out.split('\n').filter((line) => line.includes('committed'));
      expect(about).toHaveLength(1);
      expect(about[0]).toContain('source-unreadable: first');
    }
  });
});

describe('a control plane of an earlier release', () => {
  it('has its devices listed and shown without what it does not know', async () => {
    const { streams: _streams, samples: _samples, ...former } = deviceView();
    server.on('GET /v1/devices', (_q, r) => json(r, { items: [former], next: null }));
    server.on('GET /v1/devices/cam-1', (_q, r) => json(r, former));
    for (const list of ['benchmarks', 'events', 'windows']) {
      server.on(`GET /v1/devices/cam-1/${list}`, (_q, r) => json(r, { items: [], next: null }));
    }
    const unknown = { type: 'about:blank', title: 'Not Found', status: 404, code: 'not-found', detail: 'no' };
    server.on('GET /v1/devices/cam-1/configuration', (_q, r) => json(r, unknown, 404));
    expect((await hamon(['device', 'ls', ...server.flags])).out).toContain('cam-1');
    const { code, json: shown } = await hamon(['device', 'show', 'cam-1', '--json', ...server.flags]);
    expect([code, shown]).toMatchObject([
      0,
      { id: 'cam-1', streams: [], samples: null, configuration: null },
    ]);
    expect((await hamon(['device', 'show', 'cam-1', ...server.flags])).out).not.toContain('configuration');
  });
});

describe('the fallback to the cloud', () => {
  it.each([
    ['on', true],
    ['off', false],
  ])('is asked for by --fallback %s and nothing else', async (word, enabled) => {
    server.on('POST /v1/rollouts', (_q, r) => json(r, {}, 400));
    await hamon(['rollout', 'start', 'tile@2.0.0', '--fallback', word, ...server.flags]);
    expect(JSON.parse(server.received[0]!.body.toString())).toMatchObject({
      policy: { fallback: { enabled } },
    });
  });
});
