import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompressionSample, CompressionView } from '@hamon/contracts';
import { tokenHash } from '../../src/access/token-hash.js';
import { ArtifactStore } from '../../src/registry/artifact.store.js';
import { MODEL, pushFloatVersion, shown, started, uploadSamples, wanted } from '../support/compression.js';
import { push } from '../support/push.js';
import { artifactPath } from '../support/artifact-path.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

const OTHERS = 'other-fleets-admin-token';

let plane: TestControlPlane;
let samples: CompressionSample[];
beforeAll(async () => {
  plane = await startTestControlPlane({ HAMON_COMPRESSION_JOBS: '0' });
  await pushFloatVersion(plane);
  samples = await uploadSamples(plane, 1);
  await plane.call('POST', '/v1/models', { name: 'tiny', task: 'classification' });
  await push(plane, {
    bundle: { variants: [{ name: 'small', file: 'model.small.onnx' }] },
  });
  await plane.database.query(`INSERT INTO fleets (id) VALUES ('other')`);
  await plane.database.query(
    `INSERT INTO access_tokens (id, fleet, name, hash) VALUES (gen_random_uuid(), 'other', 'other', $1)`,
    [tokenHash(OTHERS)],
  );
});
afterAll(() => plane.discard());

type Refused = { code: string; detail: string; errors?: { field: string; rule: string }[] };
const start = (body: unknown, headers = {}) => plane.call<Refused>('POST', '/v1/compressions', body, headers);
const list = async (): Promise<CompressionView[]> =>
  (await plane.call<{ items: CompressionView[] }>('GET', '/v1/compressions')).body.items;
const one = (change: Partial<CompressionSample>) => ({ calibration: [{ ...samples[0], ...change }] });

describe('a compression that cannot be done', () => {
  test.each<[string, () => Record<string, unknown>, number, string, RegExp]>([
    ['an unknown model', () => ({ model: 'unknown' }), 404, 'version-not-found', /unknown@1\.0\.0/],
    ['an unknown version', () => ({ sourceVersion: '9.9.9' }), 404, 'version-not-found', /9\.9\.9/],
    ['a version without fp32', () => ({ model: 'tiny' }), 400, 'invalid-request', /^sourceVersion: .*"fp32"/],
    [
      'a number that is taken',
      () => ({ resultVersion: '1.0.0' }),
      409,
      'version-exists',
      /^resultVersion: .*exists/,
    ],
    [
      'no number',
      () => ({ resultVersion: 'next' }),
      400,
      'invalid-request',
      /^resultVersion: version must be/,
    ],
    ['no variants', () => ({ recipe: {} }), 400, 'invalid-request', /^recipe\.variants: /],
    [
      'an unknown variant',
      () => ({ recipe: { variants: ['int7'] } }),
      400,
      'invalid-request',
      /^recipe\.variants\.0: /,
    ],
    [
      'an unknown key',
      () => ({ recipe: { variants: ['fp16'], sped: 1 } }),
      400,
      'invalid-request',
      /^recipe\..*"sped"/,
    ],
    ['an unknown field', () => ({ colour: 'red' }), 400, 'invalid-request', /"colour"/],
    [
      'files compiled for one machine',
      () => ({ recipe: { variants: ['fp16'], compile: true } }),
      400,
      'invalid-request',
      /^recipe\.compile: must be false on the server/,
    ],
    [
      'no samples where a variant needs them',
      () => ({ recipe: { variants: ['fp16', 'int8-static'] } }),
      400,
      'invalid-request',
      /^calibration: must be given: variant int8-static/,
    ],
    ['an empty set', () => ({ evaluation: [] }), 400, 'invalid-request', /^evaluation: /],
    [
      'a set with a path twice',
      () => ({ calibration: [samples[0], samples[0]] }),
      400,
      'invalid-request',
      /distinct/,
    ],
    [
      'loose files beside class folders',
      () => ({ calibration: [...samples, { ...samples[0], path: 'a.png' }] }),
      400,
      'invalid-request',
      /^calibration: must lie all in class subfolders or none/,
    ],
    [
      'a path that leaves the folder',
      () => one({ path: '../a.png' }),
      400,
      'invalid-request',
      /^calibration\.0\.path: /,
    ],
    ['an absolute path', () => one({ path: '/a.png' }), 400, 'invalid-request', /^calibration\.0\.path: /],
    [
      'a path too deep',
      () => one({ path: 'dark/b/a.png' }),
      400,
      'invalid-request',
      /^calibration\.0\.path: /,
    ],
    [
      'a control character',
      () => one({ path: 'dark/a\u0000.png' }),
      400,
      'invalid-request',
      /^calibration\.0\.path: /,
    ],
    ['a file that is no image', () => one({ path: 'dark/a.txt' }), 400, 'invalid-request', /ending in \.png/],
    [
      'a class that is no label',
      () => one({ path: 'cat/a.png' }),
      400,
      'invalid-request',
      /^calibration\.0\.path: .*"cat".*dark, grey, bright/,
    ],
    [
      'a sample that was not uploaded',
      () => one({ sha256: 'a'.repeat(64) }),
      422,
      'artifact-missing',
      /^calibration\.0: .*was not uploaded/,
    ],
    [
      'a wrong length',
      () => one({ length: 5 }),
      422,
      'artifact-missing',
      /^calibration\.0: .* bytes, 5 were announced/,
    ],
    [
      'too many bytes',
      () => one({ length: 3 * 1024 ** 3 }),
      400,
      'invalid-request',
      /^calibration: and evaluation may hold \d+ bytes/,
    ],
    [
      'too many samples',
      () => ({
        calibration: Array.from({ length: 10_001 }, (_, i) => ({ ...samples[0], path: `${i}.png` })),
      }),
      400,
      'invalid-request',
      /^calibration: /,
    ],
  ])('%s is refused with one reason, and nothing is stored', async (_, change, status, code, detail) => {
    const answer = await start(wanted('1.1.0', change()));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(detail);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(await list()).toEqual([]);
  });
});

describe('jobs in the queue', () => {
  test('hold their version number, and their samples against the sweeper, until they end', async () => {
    const { id } = await started(plane, '2.0.0', { calibration: samples });
    expect(await start(wanted('2.0.0'))).toMatchObject({
      status: 409,
      body: { code: 'version-exists', detail: expect.stringContaining(id) },
    });
    const artifacts = plane.app.get(ArtifactStore, { strict: false });
    const sweep = async (): Promise<boolean> => {
      const hourAgo = new Date(Date.now() - 3_600_000);
      const digests = samples.map(({ sha256 }) => sha256);
      await plane.database.query(`UPDATE artifacts SET used_at = $1 WHERE sha256 = ANY ($2)`, [
        hourAgo,
        digests,
      ]);
      for (const digest of digests) await utimes(artifactPath(plane, digest), hourAgo, hourAgo);
      await artifacts.sweep(60);
      return digests.some((digest) => existsSync(artifactPath(plane, digest)));
    };
    expect(await sweep()).toBe(true);
    await plane.call('POST', `/v1/compressions/${id}/cancel`, {});
    expect(await sweep()).toBe(false);
    expect(await shown(plane, id)).toMatchObject({ state: 'cancelled', calibration: { samples: 3 } });
  });

  test('are not seen by another fleet', async () => {
    const { id } = await started(plane, '2.1.0');
    const headers = { authorization: `Bearer ${OTHERS}` };
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/events'],
      ['GET', '/report'],
      ['GET', '/report.html'],
      ['POST', '/cancel'],
    ] as const) {
      const answer = await plane.call<Refused>(
        method,
        `/v1/compressions/${id}${path}`,
        method === 'POST' ? {} : undefined,
        headers,
      );
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'compression-not-found']);
    }
    expect((await plane.call('GET', '/v1/compressions', undefined, headers)).body).toEqual({
      schema: 'hamon.compressions/1',
      items: [],
      next: null,
      total: 0,
    });
    const refused = await start(wanted('2.2.0', { model: MODEL }), headers);
    expect(refused).toMatchObject({ status: 404, body: { code: 'version-not-found' } });
  });

  test('have no report', async () => {
    const { id } = await started(plane, '2.3.0');
    expect(await plane.call('GET', `/v1/compressions/${id}/report`)).toMatchObject({
      status: 404,
      body: { code: 'compression-report-not-found', detail: expect.stringContaining('queued') },
    });
  });

  test('are bounded in number, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, (_, i) => start(wanted(`3.${i}.0`))));
    const open = (await list()).filter(({ state }) => state === 'queued');
    expect(open).toHaveLength(20);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.length).toBeGreaterThanOrEqual(5);
    for (const { status, body, headers } of refused) {
      expect([status, body.code]).toEqual([429, 'compression-queue-full']);
      expect(headers.get('retry-after')).toBe('30');
    }
    await plane.call('POST', `/v1/compressions/${open[0]?.id ?? ''}/cancel`, {});
    expect((await start(wanted('4.0.0'))).status).toBe(201);
  });
});
