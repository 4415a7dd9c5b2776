import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompressionReport, VersionView } from '@hamon/contracts';
import { tinyModel } from '@hamon/testing';
import { FACTS } from '../support/enrol.js';
import { push } from '../support/push.js';
import { figures, reportOf } from '../support/report.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

const fp32 = tinyModel();
const int8 = tinyModel({ weights: Float32Array.of(3, 2, 1) });
const files = { 'model.fp32.onnx': fp32, 'model.int8-static.onnx': int8 };
const variants = [
  { name: 'fp32', file: 'model.fp32.onnx' },
  { name: 'int8-static', file: 'model.int8-static.onnx' },
];
const measured = { fp32: { bytes: fp32 }, 'int8-static': { bytes: int8, figures: figures(0.5) } };

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
  await plane.call('POST', '/v1/models', { name: 'tiny', task: 'classification' });
});
afterAll(() => plane.discard());

const pushWith = (version: string, report?: unknown) =>
  push(plane, { bundle: { version, variants }, files, body: report === undefined ? {} : { report } });
const shown = async (version: string): Promise<VersionView> =>
  (await plane.call<VersionView>('GET', `/v1/models/tiny/versions/${version}`)).body;
const profiles = (version: string) =>
  plane.database.query<{ variant: string; hardware_class: string; p50: string; source: string }[]>(
    `SELECT p.variant, p.hardware_class, p.source, p.figures #>> '{oneThread,p50Ms}' AS p50
     FROM variant_profiles p JOIN versions v ON v.id = p.version_id WHERE v.version = $1 ORDER BY 2, 1`,
    [version],
  );
const reportsInLedger = async (): Promise<number> => {
  const { body } = await plane.call<{ items: { action: string }[] }>('GET', '/v1/audit?limit=100');
  return body.items.filter(({ action }) => action === 'version.report').length;
};

describe('a version that is pushed with its compression report', () => {
  it('says where it came from, and keeps the figures under the class of the machine', async () => {
    const report = reportOf(measured);
    const answer = await pushWith('1.0.0', report);
    expect(answer).toMatchObject({ status: 201, body: { provenance: report } });
    expect((await shown('1.0.0')).provenance).toEqual(report);
    const place = { hardware_class: 'arm64-4c-4g-ort1.30-plain', source: 'compression' };
    expect(await profiles('1.0.0')).toEqual([
      { variant: 'fp32', p50: '1', ...place },
      { variant: 'int8-static', p50: '0.5', ...place },
    ]);
  });

  it('is the same version when it is pushed again, with or without the report', async () => {
    const first = await pushWith('1.1.0', reportOf(measured, { version: '1.1.0' }));
    const before = await reportsInLedger();
    for (const report of [reportOf(measured, { version: '1.1.0' }), undefined]) {
      const again = await pushWith('1.1.0', report);
      expect([again.status, again.body]).toEqual([200, first.body]);
    }
    expect(await reportsInLedger()).toBe(before);
    expect(await profiles('1.1.0')).toHaveLength(2);
  });

  it('learns another class from a report of the same files, and keeps where it came from', async () => {
    const first = reportOf(measured, { version: '1.2.0' });
    await pushWith('1.2.0', first);
    const facts = { ...FACTS, arch: 'x64', cores: 2, accelerators: ['avx2'] };
    const second = reportOf(
      { ...measured, fp32: { bytes: fp32, figures: figures(9) } },
      { version: '1.2.0', facts },
    );
    expect(await pushWith('1.2.0', second)).toMatchObject({ status: 200, body: { provenance: first } });
    expect((await profiles('1.2.0')).map(({ hardware_class, p50 }) => `${hardware_class} ${p50}`)).toEqual([
      'arm64-4c-4g-ort1.30-plain 1',
      'arm64-4c-4g-ort1.30-plain 0.5',
      'x64-2c-4g-ort1.30-avx2 9',
      'x64-2c-4g-ort1.30-avx2 0.5',
    ]);
    expect(await reportsInLedger()).toBe(1);
  });

  it('takes a report later where it was pushed without one, and once where two send it at a time', async () => {
    expect((await pushWith('1.3.0')).body.provenance).toBeNull();
    const report = reportOf(measured, { version: '1.3.0' });
    const before = await reportsInLedger();
    const answers = await Promise.all([1, 2, 3].map(() => pushWith('1.3.0', report)));
    expect(answers.map(({ status, body }) => [status, body.provenance])).toEqual(
      Array(3).fill([200, report]),
    );
    expect(await reportsInLedger()).toBe(before + 1);
  });

  it('is listed without the report', async () => {
    const { body } = await plane.call<{ items: VersionView[] }>('GET', '/v1/models/tiny/versions');
    expect(body.items.some((item) => 'provenance' in item)).toBe(false);
  });
});

describe('a report that is not one of these files', () => {
  const good = reportOf(measured, { version: '2.0.0' });
  const changed = (change: (report: CompressionReport) => unknown): unknown => change(structuredClone(good));
  const variant = (change: object) =>
    changed((report) => ({
      ...report,
      variants: [report.variants[0], { ...report.variants[1], ...change }],
    }));

  it.each<[string, unknown, number, string]>([
    ['another digest', variant({ sha256: 'a'.repeat(64) }), 422, 'report.variants.1.sha256'],
    [
      'another length',
      variant({ figures: { ...figures(1), bytes: 7 } }),
      422,
      'report.variants.1.figures.bytes',
    ],
    ['another file', variant({ file: 'model.fp32.onnx' }), 422, 'report.variants.1.file'],
    ['a variant that was not pushed', variant({ name: 'fp16' }), 422, 'report.variants.1.name'],
    ['another version', { ...good, version: '2.0.1' }, 422, 'report.version'],
    ['another model', { ...good, model: 'other' }, 422, 'report.model'],
    [
      'another class than in its facts',
      changed((report) => ({ ...report, machine: { ...report.machine, hardwareClass: 'x64' } })),
      422,
      'report.machine.hardwareClass',
    ],
    [
      'another recipe than its digest',
      changed((report) => ({ ...report, provenance: { ...report.provenance, recipe: { seed: 2 } } })),
      422,
      'report.provenance.recipeSha256',
    ],
    [
      'a recipe without end',
      changed((report) => ({
        ...report,
        provenance: { ...report.provenance, recipe: { names: 'x'.repeat(100_000) } },
      })),
      400,
      'report.provenance.recipe',
    ],
    [
      'the same variant twice',
      changed((report) => ({ ...report, variants: [report.variants[0], report.variants[0]] })),
      400,
      'report.variants',
    ],
    ['figures that are none', variant({ figures: {} }), 400, 'report.variants.1.figures.bytes'],
  ])('is refused with %s, naming the field, and nothing is stored', async (_what, report, status, field) => {
    const answer = await pushWith('2.0.0', report);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringContaining(field)]);
    expect((await plane.call('GET', '/v1/models/tiny/versions/2.0.0')).status).toBe(404);
  });

  it('is refused for a version that exists, which stays as it is', async () => {
    await pushWith('2.1.0');
    const answer = await pushWith('2.1.0', good);
    expect(answer).toMatchObject({ status: 422, body: { code: 'report-refused' } });
    expect((await shown('2.1.0')).provenance).toBeNull();
  });

  it('is refused as a whole where it is too large to be one', async () => {
    const report = { ...good, padding: 'x'.repeat(3_000_000) };
    expect((await pushWith('2.2.0', report)).status).toBe(413);
  });
});
