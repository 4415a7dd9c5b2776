import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, json } from './support/fake-server.js';
import { hamon } from './support/run.js';
import { deviceView, modelView, ROLLOUT, rolloutView } from './support/views.js';

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

const askedFor = (at: number): Record<string, string> =>
  Object.fromEntries(new URL(server.received[at]!.url, server.url).searchParams);

const devices = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => deviceView({ id: `cam-${i}`, online: i % 10 !== 0 }));

describe('a list of 20,000', () => {
  it('is shown a page at a time: how many there are in all, and where the next page begins', async () => {
    server.on('GET /v1/devices', (_q, r) => json(r, { items: devices(50), next: 'bmV4dA', total: 20_000 }));
    const { out } = await hamon(['device', 'ls', '--where', 'site=osaka', ...server.flags]);
    expect(askedFor(0)).toEqual({ where: 'site=osaka', limit: '50' });
    expect(server.received).toHaveLength(1);
    expect(out.trimEnd().split('\n')).toHaveLength(1 + 50 + 2);
    expect(out).toMatch(/\n\n50 of 20,000 devices \(of these 45 online\); next: --after bmV4dA\n$/);
  });

  it('goes on behind a page, in as many requests as it needs, and is counted once', async () => {
    server.on('GET /v1/devices', (_q, r, request) =>
      json(r, { items: devices(500), next: `page${request}`, ...(request === 1 ? { total: 20_000 } : {}) }),
    );
    const { json: said } = await hamon([
      ...['device', 'ls', '--limit', '700', '--after', 'c3RhcnQ', '--json'],
      ...server.flags,
    ]);
    expect([askedFor(0), askedFor(1)]).toEqual([
      { limit: '500', after: 'c3RhcnQ' },
      { limit: '200', after: 'page1', count: 'false' },
    ]);
    expect(said).toMatchObject({ schema: 'hamon.devices/1', next: 'page2', total: 20_000 });
  });

  it('ends with its number alone where all is shown, and with a word where nothing is', async () => {
    server.on('GET /v1/models', (_q, r) => json(r, { items: [modelView()], next: null, total: 1 }));
    expect((await hamon(['model', 'ls', ...server.flags])).out).toMatch(/\n\n1 model\n$/);
    server.on('GET /v1/rollouts', (_q, r) => json(r, { items: [], next: null, total: 3 }));
    expect((await hamon(['rollout', 'ls', '--after', 'x', ...server.flags])).out).toBe('No more rollouts.\n');
  });

  it('of members is a page of the rollout that is shown', async () => {
    server.on(`GET /v1/rollouts/${ROLLOUT}`, (_q, r) => json(r, rolloutView({ devices: 20_000 })));
    const member = {
      ...{ device: 'cam-1', variant: 'fp32', hardwareClass: 'x', stage: 0, state: 'pending', online: true },
      ...{ previousVersion: null, reason: null, waitsFor: null, status: 'running' },
    };
    server.on(`GET /v1/rollouts/${ROLLOUT}/members`, (_q, r) =>
      json(r, { items: [member], next: 'bW9yZQ', total: 20_000 }),
    );
    const { out } = await hamon(['rollout', 'show', ROLLOUT, '--limit', '1', ...server.flags]);
    expect(askedFor(1)).toEqual({ limit: '1' });
    expect(out).toMatch(/1 of 20,000 devices; next: --after bW9yZQ\n$/);
  });

  it.each([
    [['token', 'ls'], '/v1/tokens'],
    [['enrol-token', 'ls'], '/v1/enrolment-tokens'],
    [['audit', 'ls'], '/v1/audit'],
    [['model', 'ls'], '/v1/models'],
    [['rollout', 'ls'], '/v1/rollouts'],
    [['compression', 'ls'], '/v1/compressions'],
    [['benchmark', 'ls', 'cam-1'], '/v1/devices/cam-1/benchmarks'],
    [['device', 'logs', 'cam-1'], '/v1/devices/cam-1/events'],
    [['sample', 'ls'], '/v1/samples'],
  ])('of any kind is narrowed and paged by the same flags: %j', async (command, path) => {
    server.on(`GET ${path}`, (_q, r) => json(r, { items: [], next: null, total: 0 }));
    const { out } = await hamon([
      ...command,
      ...['--where', 'id=1', '--limit', '7', '--after', 'YQ'],
      ...server.flags,
    ]);
    expect(askedFor(0)).toEqual({ where: 'id=1', limit: '7', after: 'YQ' });
    expect(out).toMatch(/^No more \w/);
  });

  it('of the ledger is narrowed by whole words too', async () => {
    server.on('GET /v1/audit', (_q, r) => json(r, { items: [], next: null, total: 0 }));
    const { out } = await hamon(['audit', 'ls', '--subject', 'cam-1', ...server.flags]);
    expect(askedFor(0)).toEqual({ subject: 'cam-1', limit: '50' });
    expect(out).toBe('No entry matches.\n');
  });

  it.each([['0'], ['-1'], ['many']])('with --limit %s is wrong usage', async (limit) => {
    expect(await hamon(['device', 'ls', `--limit=${limit}`, ...server.flags])).toMatchObject({ code: 2 });
    expect(server.received).toEqual([]);
  });
});
