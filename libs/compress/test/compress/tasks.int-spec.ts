import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateBundle } from '@hamon/inference';
import { compress } from '../../src/compress.js';
import type { CompressReport } from '../../src/report/compress-report.js';
import { pushableReport } from '../../src/report/pushable-report.js';
import { summaryOf } from '../../src/report/summary.js';
import { imageFolder, QUICK, temporaryFolder } from '../support/small-bundle.js';
import { anomalyBundle, regressionBundle, segmentationBundle, taskFolders } from '../support/task-bundles.js';

const recipe = { variants: ['int8-static'], ...QUICK };
let train: Awaited<ReturnType<typeof taskFolders>>;
let test: typeof train;

beforeAll(async () => {
  [train, test] = [await taskFolders(24, 1), await taskFolders(12, 2)];
});

describe.each([
  { task: 'regression', bundle: regressionBundle, form: 'values', metric: 'R2', least: 0.8 },
  { task: 'segmentation', bundle: segmentationBundle, form: 'masks', metric: 'mIoU', least: 0.6 },
  { task: 'anomaly', bundle: anomalyBundle, form: 'anomaly', metric: 'imageAUROC', least: 0.9 },
] as const)('a compressed bundle of $task', ({ bundle, form, metric, least }) => {
  let out: string;
  let report: CompressReport;
  beforeAll(async () => {
    out = join(await temporaryFolder(), 'out');
    report = await compress({
      source: await bundle(),
      out,
      calibration: train[form],
      evaluate: test[form],
      recipe,
    });
  });

  it('is chosen and reported by the measure of its task', async () => {
    for (const { evaluation, calibration } of report.variants) {
      expect(evaluation?.quality).toMatchObject({ metric });
      expect(evaluation?.quality?.value).toBeGreaterThan(least);
      expect(calibration?.quality?.metric).toBe(metric);
      expect(evaluation?.agreement).toBeUndefined();
    }
    expect(report.variants[1]?.evaluation?.outputError).toBeGreaterThan(0);
    expect(report.selection).toMatchObject({ kind: 'chosen', accuracyDrop: expect.any(Number) });
    expect(summaryOf(report).variants[1]?.quality).toEqual(report.variants[1]?.evaluation?.quality);
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain(metric);
  });

  it('can be pushed: expectations of its own for each variant, and figures that a version keeps', async () => {
    const validated = await validateBundle(out);
    if (!validated.ok) throw new Error(validated.error.detail);
    for (const { golden } of validated.value.bundle.variants.slice(1))
      expect(golden?.[0]?.expect).toBeDefined();
    const pushable = pushableReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
    if (!pushable.ok) throw new Error(JSON.stringify(pushable.error));
    for (const [index, { figures, evaluation }] of pushable.value.variants.entries()) {
      const measured = report.variants[index];
      expect(figures.quality).toEqual({ metric, value: measured?.calibration?.quality?.value });
      expect(figures.outputError).toBeUndefined();
      expect(evaluation?.quality).toEqual(measured?.evaluation?.quality);
    }
  });
});

describe('images that show something else than the task needs', () => {
  it('calibrate, and variants are chosen by how near their outputs stay', async () => {
    const report = await compress({
      source: await segmentationBundle(),
      out: join(await temporaryFolder(), 'out'),
      calibration: await imageFolder(),
      recipe,
    });
    const [, int8] = report.variants;
    expect(int8?.calibration?.quality).toBeUndefined();
    expect(int8?.calibration?.outputError).toBeGreaterThan(0);
    expect(report.selection.kind).toBe('chosen');
  });

  it('are refused for an evaluation, with what they hold and what is needed', async () => {
    const run = compress({
      source: await segmentationBundle(),
      out: join(await temporaryFolder(), 'out'),
      calibration: train.masks,
      evaluate: test.values,
      recipe,
    });
    await expect(run).rejects.toMatchObject({
      code: 'labels-mismatch',
      message: expect.stringMatching(/holds values\.csv, the model is evaluated by masks\/ beside images\//),
    });
  });
});
