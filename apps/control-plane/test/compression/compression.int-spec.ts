import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompressReport } from '@hamon/compress';
import type { CompressionView, VersionView } from '@hamon/contracts';
import { QUICK } from '../../../../libs/compress/test/support/small-bundle.js';
import { ended, MODEL, pushFloatVersion, started, uploadSamples, wanted } from '../support/compression.js';
import { eventually } from '../support/eventually.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
let sets: Record<string, unknown>;
beforeAll(async () => {
  plane = await startTestControlPlane();
  await pushFloatVersion(plane);
  sets = {
    recipe: { variants: ['int8-static', 'fp16'], ...QUICK },
    calibration: await uploadSamples(plane),
    evaluation: await uploadSamples(plane, 2, 2),
  };
});
afterAll(() => plane.discard());

const versionOf = async (version: string): Promise<VersionView> =>
  (await plane.call<VersionView>('GET', `/v1/models/${MODEL}/versions/${version}`)).body;

describe('a compression', () => {
  let view: CompressionView;
  beforeAll(async () => {
    view = await started(plane, '1.1.0', sets);
    expect(view).toMatchObject({
      state: 'queued',
      attempts: 0,
      calibration: { samples: 12 },
      evaluation: { samples: 6 },
    });
    view = await ended(plane, view.id);
  });

  test('makes a validated version of its own, with a variant for each that was asked for', async () => {
    expect(view).toMatchObject({ state: 'succeeded', attempts: 1, reason: null });
    const version = await versionOf('1.1.0');
    expect(version).toMatchObject({ state: 'validated', version: '1.1.0' });
    expect(version.variants.map(({ name }) => name)).toEqual(['fp16', 'fp32', 'int8-static']);
    const released = await plane.call('POST', `/v1/models/${MODEL}/versions/1.1.0/release`, {});
    expect(released).toMatchObject({ status: 200, body: { state: 'released' } });
  });

  test('hands out its report as data and as a page', async () => {
    const report = await plane.call<CompressReport>('GET', `/v1/compressions/${view.id}/report`);
    expect(report.body).toMatchObject({ schema: 'hamon.compress-report/1', model: { version: '1.1.0' } });
    expect(report.body.variants.map(({ name }) => name)).toEqual(['fp32', 'int8-static', 'fp16']);
    const page = await fetch(`${plane.url}/v1/compressions/${view.id}/report.html`, {
      headers: { authorization: `Bearer ${plane.token}` },
    });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain(`${MODEL} 1.1.0`);
  });

  test('leaves no folder behind and writes start, push and end to the audit ledger', async () => {
    const scratch = (): string[] => readdirSync(join(plane.dataDir, 'tmp'));
    await eventually('an empty scratch folder', () => scratch().length === 0);
    const { body } = await plane.call<{ items: { action: string; subject: string; actor: string }[] }>(
      'GET',
      '/v1/audit',
    );
    const entries = body.items.map(({ action, subject, actor }) => [action, subject, actor]);
    expect(entries).toEqual(
      expect.arrayContaining([
        ['compression.start', view.id, 'admin:bootstrap'],
        ['version.push', `${MODEL}@1.1.0`, 'admin:bootstrap'],
        ['compression.succeed', view.id, 'compression'],
      ]),
    );
  });

  test('streams its history once, in order, resumable, and ends the stream', async () => {
    const follow = async (last?: string): Promise<{ id: number; event: string }[]> => {
      const answer = await fetch(`${plane.url}/v1/compressions/${view.id}/events`, {
        headers: {
          authorization: `Bearer ${plane.token}`,
          ...(last === undefined ? {} : { 'last-event-id': last }),
        },
      });
      const text = await answer.text();
      return [...text.matchAll(/id: (\d+)\nevent: ([\w-]+)/g)].map(([, id, event = '']) => ({
        id: Number(id),
        event,
      }));
    };
    const all = await follow();
    expect(all.map(({ id }) => id)).toEqual(all.map((_, i) => i + 1));
    expect([all[0]?.event, all[1]?.event, all.at(-1)?.event]).toEqual(['queued', 'started', 'succeeded']);
    expect(await follow('1')).toEqual(all.slice(1));
  });

  test('is counted', async () => {
    const text = await (await fetch(`${plane.url}/metrics`)).text();
    expect(text).toContain('hamon_compressions{state="succeeded"} 1');
    expect(text).toMatch(/hamon_compression_seconds_count\{outcome="succeeded"\} 1/);
  });

  test('of the same version by the same recipe gives the same files', async () => {
    const again = await ended(plane, (await started(plane, '1.2.0', sets)).id);
    expect(again).toMatchObject({ state: 'succeeded' });
    const files = (version: string) =>
      plane.database.query(
        `SELECT path, sha256 FROM version_artifacts JOIN versions ON versions.id = version_id
         WHERE version = $1 AND path NOT LIKE '@%' ORDER BY path`,
        [version],
      );
    const first = await files('1.1.0');
    expect(first).toHaveLength((await files('1.2.0')).length);
    expect(await files('1.2.0')).toEqual(first);
  });

  test('asked for twice with one key is one job', async () => {
    const headers = { 'idempotency-key': 'once' };
    const body = wanted('1.3.0', sets);
    const one = await plane.call<CompressionView>('POST', '/v1/compressions', body, headers);
    const two = await plane.call<CompressionView>('POST', '/v1/compressions', body, headers);
    expect([one.status, two.status, two.body.id]).toEqual([201, 201, one.body.id]);
    await ended(plane, one.body.id);
    const { body: page } = await plane.call<{ items: CompressionView[]; next: string | null }>(
      'GET',
      '/v1/compressions?limit=2',
    );
    expect(page.items.map(({ resultVersion }) => resultVersion)).toEqual(['1.3.0', '1.2.0']);
    const rest = await plane.call<{ items: CompressionView[] }>(
      'GET',
      `/v1/compressions?limit=2&after=${page.next}`,
    );
    expect(rest.body.items.map(({ resultVersion }) => resultVersion)).toEqual(['1.1.0']);
  });
});
