import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BenchmarkView, VersionView } from '@hamon/contracts';
import { cut, FakeServer, json } from './support/fake-server.js';
import { hamon } from './support/run.js';

const ID = '7f1d2b8e-52f6-4b0e-9f0e-2d6d4a0f6c11';
const AT = '2026-03-01T12:00:00.000Z';

const view = (change: Partial<BenchmarkView> = {}): BenchmarkView => ({
  ...{ id: ID, device: 'cam-1', model: 'tile', version: '2.0.0', state: 'requested' },
  ...{ requestedAt: AT, expiresAt: '2026-03-02T12:00:00.000Z', endedAt: null },
  ...{ progress: null, reason: null, hardwareClass: null, results: [] },
  ...change,
});

const figures = {
  bytes: 363_710,
  oneThread: { threads: 1, runs: 500, p50Ms: 0.4123, p95Ms: 0.5 },
  allThreads: { threads: 4, runs: 200, p50Ms: 12.34, p95Ms: 20 },
  ...{ rssMb: 92.4, loadMs: 11.2, samples: 64, agreement: 0.984375 },
};

const SUCCEEDED = view({
  ...{ state: 'succeeded', endedAt: AT, hardwareClass: 'arm64-4c-4g-ort1.30-plain' },
  results: [
    { variant: 'fp32', bundle: 'a'.repeat(64), figures: { ...figures, agreement: 1 }, unfit: null },
    { variant: 'int8-static', bundle: 'b'.repeat(64), figures, unfit: null },
    {
      ...{ variant: 'pruned', bundle: 'c'.repeat(64), figures: null },
      unfit: { code: 'golden-mismatch', detail: 'golden/0.png: label "Free"' },
    },
  ],
});

describe('a benchmark', () => {
  let server: FakeServer;
  beforeEach(async () => {
    server = await FakeServer.start();
  });
  afterEach(() => server.stop());

  const begins = (): FakeServer =>
    server.on('POST /v1/devices/cam-1/benchmarks', (_q, response) => json(response, view(), 201));
  const goesOn = (views: readonly BenchmarkView[]): FakeServer =>
    server.on(`GET /v1/benchmarks/${ID}`, (_q, response, attempt) =>
      json(response, views[Math.min(attempt, views.length) - 1]),
    );

  it('is begun, and says how to follow it', async () => {
    begins();
    const { code, out } = await hamon(['device', 'benchmark', 'cam-1', 'tile@2.0.0', ...server.flags]);
    expect(code).toBe(0);
    expect(out).toBe(`cam-1 is asked to measure tile@2.0.0.\nFollow it with: hamon benchmark watch ${ID}\n`);
    expect(JSON.parse(server.received[0]!.body.toString())).toEqual({
      ...{ model: 'tile', version: '2.0.0', expiresInSeconds: 86_400 },
    });
  });

  it('is followed to its end, and shows what was measured', async () => {
    begins();
    const step = { done: 3, total: 12, step: 'fp32: golden samples' };
    goesOn([view({ state: 'running', progress: step }), SUCCEEDED]);
    const { code, out } = await hamon([
      'device',
      'benchmark',
      'cam-1',
      'tile@2.0.0',
      '--wait',
      ...server.flags,
    ]);
    expect(code).toBe(0);
    expect(out).toContain('fp32: golden samples (3/12)');
    expect(out).toMatch(/hardware class +arm64-4c-4g-ort1\.30-plain/);
    expect(out).toMatch(/int8-static +363\.7 kB +0\.412 +0\.500 +12\.3 +20\.0 +92 +11 +98\.4 % of 64/);
    expect(out).toContain('pruned is unfit there: golden-mismatch: golden/0.png');
  });

  it('outlives a server that is away for a while', async () => {
    server.on(`GET /v1/benchmarks/${ID}`, (_q, response, attempt) => {
      if (attempt === 1) json(response, view());
      else if (attempt < 7) cut(response);
      else json(response, SUCCEEDED);
    });
    const { code, err } = await hamon(['benchmark', 'watch', ID, ...server.flags]);
    expect(code).toBe(0);
    expect(err).toMatch(/connection is lost; trying again …\n.*connection is back/);
  });

  it('that fails says why, and ends with 1', async () => {
    const reason = { code: 'out-of-time', detail: 'too few idle moments' } as const;
    goesOn([view({ state: 'failed', endedAt: AT, reason })]);
    const { code, out } = await hamon(['benchmark', 'watch', ID, '--json', ...server.flags]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ schema: 'hamon.benchmark/1', state: 'failed', reason });
  });

  it('is found again, and cancelled', async () => {
    server.on('GET /v1/devices/cam-1/benchmarks', (_q, response) =>
      json(response, { items: [SUCCEEDED], next: null }),
    );
    const { out } = await hamon(['benchmark', 'ls', 'cam-1', ...server.flags]);
    expect(out).toMatch(new RegExp(`${ID} +tile@2\\.0\\.0 +succeeded`));
    server.on(`POST /v1/benchmarks/${ID}/cancel`, (_q, response) =>
      json(response, view({ state: 'cancelled', endedAt: AT })),
    );
    const cancelled = await hamon(['benchmark', 'cancel', ID, ...server.flags]);
    expect(cancelled.out).toMatch(/state +cancelled/);
  });

  it('stays with its version, per hardware class', async () => {
    const version: VersionView = {
      ...{ model: 'tile', version: '2.0.0', state: 'validated', labels: ['a', 'b'], variants: [] },
      ...{ createdAt: AT, validatedAt: AT, releasedAt: null, retired: null },
      profiles: [
        {
          ...{ variant: 'int8-static', hardwareClass: 'arm64-4c', source: 'device', device: 'cam-1' },
          ...{ measuredAt: AT, figures },
        },
      ],
      unfit: [
        {
          ...{ variant: 'pruned', hardwareClass: 'arm64-4c', device: 'cam-2', measuredAt: AT },
          reason: { code: 'golden-mismatch', detail: 'golden/0.png: label' },
        },
      ],
    };
    server.on('GET /v1/models/tile/versions/2.0.0', (_q, response) => json(response, version));
    const { out } = await hamon(['model', 'show', 'tile@2.0.0', ...server.flags]);
    expect(out).toMatch(/HARDWARE CLASS[^]*arm64-4c +int8-static +0\.412[^]*cam-1, /);
    expect(out).toMatch(/pruned is unfit on arm64-4c: golden-mismatch: golden\/0\.png: label \(cam-2, /);
  });
});
