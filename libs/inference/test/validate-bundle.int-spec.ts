import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleDocument, tinyModel, writeBundle } from '@hamon/testing';
import {
  BaselineDocument,
  ClassificationExpectation,
  goldenFor,
  type BundleDocument,
} from '@hamon/contracts';
import { syntheticImage, validateBundle, type ValidatedBundle } from '../src/index.js';
import { temporaryFolder } from './support.js';

async function folderOf(...[bundle, model, files]: [BundleDocument, ...unknown[]]): Promise<string> {
  const dir = await temporaryFolder();
  await writeBundle(dir, bundle, model as object, files as Record<string, Uint8Array>);
  return dir;
}

async function valid(dir: string): Promise<ValidatedBundle> {
  const result = await validateBundle(dir);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.detail}`);
  return result.value;
}

const failing = (code: string, detail: string): object => ({
  ok: false,
  error: { code, detail: expect.stringContaining(detail) },
});

describe('validateBundle', () => {
  it('completes a bundle that brings nothing but its model', async () => {
    const { bundle, newFiles, variants } = await valid(await folderOf(bundleDocument()));
    expect([...newFiles.keys()]).toEqual([
      ...Array.from({ length: 8 }, (_, i) => `golden/synthetic-${i}.png`),
      'baseline.json',
    ]);
    expect(bundle.golden).toHaveLength(8);
    for (const { expect: expected } of bundle.golden ?? [])
      expect(ClassificationExpectation.parse(expected).probabilities).toHaveLength(3);
    const baseline: unknown = JSON.parse(Buffer.from(newFiles.get('baseline.json') ?? '').toString());
    expect(BaselineDocument.parse(baseline).samples).toBe(8);
    expect(variants).toEqual([
      expect.objectContaining({ name: 'fp32', modelBytes: tinyModel().length, runs: 50 }),
    ]);
  });

  it('has nothing to add to what it completed itself', async () => {
    const { bundle, newFiles } = await valid(await folderOf(bundleDocument()));
    const again = await valid(await folderOf(bundle, {}, Object.fromEntries(newFiles)));
    expect(again.bundle).toEqual(bundle);
    expect(again.newFiles.size).toBe(0);
  });

  it('gives every other variant expectations of its own, made from its own file', async () => {
    const variants = [
      { name: 'int8-static', file: 'model.int8-static.onnx' },
      { name: 'fp32', file: 'model.fp32.onnx' },
    ];
    const other = tinyModel({ bias: Float32Array.of(0, 0, 1) });
    const dir = await folderOf(bundleDocument({ variants }), {}, { 'model.int8-static.onnx': other });
    const { bundle } = await valid(dir);
    const [own] = goldenFor(bundle, 'int8-static');
    const [reference] = goldenFor(bundle, 'fp32');
    expect(own?.file).toBe(reference?.file);
    expect(own?.expect).not.toEqual(reference?.expect);
    expect(bundle.variants[1]).toEqual(variants[1]);
  });

  it('keeps given images and expectations, and fills in those that lack', async () => {
    const given = { label: 'high', probabilities: [0, 0.3, 0.7], tolerance: 1 };
    const golden = [{ file: 'golden/a.png', expect: given }, { file: 'golden/b.png' }];
    const files = {
      'golden/a.png': await syntheticImage(bundleDocument().input, 1),
      'golden/b.png': await syntheticImage(bundleDocument().input, 2),
    };
    const { bundle, newFiles } = await valid(await folderOf(bundleDocument({ golden }), {}, files));
    expect(bundle.golden?.[0]).toEqual(golden[0]);
    expect(bundle.golden?.[1]?.expect?.tolerance).toBe(0.02);
    expect([...newFiles.keys()]).toEqual(['baseline.json']);
  });

  it.each<[string, Partial<BundleDocument>, object, string, string]>([
    ['another input name', {}, { inputName: 'x' }, 'input-mismatch', 'variant fp32: input.name is "image"'],
    ['another input size', {}, { height: 4 }, 'input-mismatch', 'variant fp32: bundle.json feeds'],
    ['more classes than labels', {}, { classes: 5 }, 'labels-mismatch', 'output.labels has 3 labels'],
    [
      'NaN as its answer',
      {},
      { bias: Float32Array.of(NaN, 0, 0) },
      'output-not-finite',
      'golden/synthetic-0.png',
    ],
    [
      'a budget beyond reach',
      { budgets: { p95Ms: 50, rssMb: 3 } },
      {},
      'memory-budget',
      'budgets.rssMb is 3',
    ],
    [
      'raw scores for probabilities',
      { output: { ...bundleDocument().output, activation: 'none' } },
      { bias: Float32Array.of(10, 0, 0) },
      'bundle-invalid',
      'name the activation that is missing',
    ],
  ])('refuses a model with %s', async (_what, overrides, model, code, detail) => {
    expect(await validateBundle(await folderOf(bundleDocument(overrides), model))).toEqual(
      failing(code, detail),
    );
  });

  it('asks of several variants that one keeps the budgets, and of none where they do not count', async () => {
    const variants = [
      { name: 'fp32', file: 'model.fp32.onnx' },
      { name: 'int8-static', file: 'model.int8-static.onnx' },
    ];
    const files = { 'model.int8-static.onnx': tinyModel() };
    const selfTest = { warmupRuns: 1, runs: 3 };
    const slow = { delayRounds: 200_000 };
    const budgets = { p95Ms: 20, rssMb: 4000 };
    const one = await folderOf(bundleDocument({ budgets, variants }), slow, files);
    const result = await validateBundle(one, { selfTest });
    if (!result.ok) throw new Error(result.error.detail);
    expect(result.value.variants.map(({ breach }) => breach?.code)).toEqual(['latency-budget', undefined]);

    const beyond = { p95Ms: 50, rssMb: 3 };
    const neither = await folderOf(bundleDocument({ budgets: beyond, variants }), {}, files);
    expect(await validateBundle(neither, { selfTest })).toEqual(
      failing('memory-budget', 'variant fp32: the inference process'),
    );
    expect(await validateBundle(neither, { selfTest, budgets: 'none' })).toMatchObject({ ok: true });
  });

  it('refuses golden samples that fail', async () => {
    const golden = [
      { file: 'golden/a.png', expect: { label: 'low', probabilities: [1, 0, 0], tolerance: 0.02 } },
    ];
    const files = { 'golden/a.png': await syntheticImage(bundleDocument().input, 1) };
    const dir = await folderOf(bundleDocument({ golden }), {}, files);
    expect(await validateBundle(dir)).toEqual(failing('golden-mismatch', 'golden/a.png: label'));
  });

  it('refuses an ONNX file that does not load', async () => {
    const dir = await folderOf(bundleDocument(), {}, { 'model.fp32.onnx': Buffer.from('no model') });
    expect(await validateBundle(dir)).toEqual(failing('model-unloadable', 'variant fp32: '));
  });

  it('refuses a folder without what it names, and what is no bundle.json', async () => {
    const dir = await folderOf(bundleDocument());
    await rm(join(dir, 'model.fp32.onnx'));
    expect(await validateBundle(dir)).toEqual(
      failing('bundle-invalid', 'model.fp32.onnx is named in bundle.json'),
    );
    await writeFile(join(dir, 'bundle.json'), '{');
    expect(await validateBundle(dir)).toEqual(failing('bundle-invalid', 'bundle.json is no JSON'));
    await writeFile(join(dir, 'bundle.json'), JSON.stringify({ ...bundleDocument(), task: 'detection' }));
    expect(await validateBundle(dir)).toEqual(
      failing('bundle-invalid', 'task: hamon.bundle/1 is of classification'),
    );
    expect(await validateBundle(join(dir, 'nowhere'))).toEqual(
      failing('bundle-invalid', 'no file bundle.json'),
    );
  });

  it('refuses a path out of the folder, written or linked', async () => {
    const escaping = { ...bundleDocument(), variants: [{ name: 'fp32', file: '../model.onnx' }] };
    const dir = await temporaryFolder();
    await writeFile(join(dir, 'bundle.json'), JSON.stringify(escaping));
    expect(await validateBundle(dir)).toEqual(
      failing('bundle-invalid', 'variants.0.file: must be a relative path'),
    );

    const linked = await folderOf(bundleDocument());
    const outside = join(await temporaryFolder(), 'model.onnx');
    await rename(join(linked, 'model.fp32.onnx'), outside);
    await symlink(outside, join(linked, 'model.fp32.onnx'));
    expect(await validateBundle(linked)).toEqual(failing('bundle-invalid', 'model.fp32.onnx is a link'));

    const golden = [{ file: 'golden/a.png' }];
    const folder = await folderOf(bundleDocument({ golden }));
    const elsewhere = await temporaryFolder();
    await writeFile(join(elsewhere, 'a.png'), await syntheticImage(bundleDocument().input, 1));
    await symlink(elsewhere, join(folder, 'golden'));
    expect(await validateBundle(folder)).toEqual(failing('bundle-invalid', 'golden is a link'));

    const directory = await folderOf(bundleDocument());
    await rm(join(directory, 'model.fp32.onnx'));
    await mkdir(join(directory, 'model.fp32.onnx'));
    expect(await validateBundle(directory)).toEqual(failing('bundle-invalid', 'is no regular file'));
  });

  it('refuses a baseline that is none, or of other labels', async () => {
    const bundle = bundleDocument({ baseline: 'baseline.json' });
    const file = (text: string): object => ({ 'baseline.json': Buffer.from(text) });
    const broken = await folderOf(bundle, {}, file('[]'));
    expect(await validateBundle(broken)).toEqual(failing('bundle-invalid', 'baseline.json: '));
    const foreign = {
      schema: 'hamon.baseline/1',
      samples: 1,
      labels: { cat: 1 },
      confidence: Array(20).fill(0),
    };
    const dir = await folderOf(bundle, {}, file(JSON.stringify(foreign)));
    expect(await validateBundle(dir)).toEqual(failing('bundle-invalid', '"cat" is not one of output.labels'));
  });

  it('ends by its own time limit, and by its caller', async () => {
    const dir = await folderOf(bundleDocument(), { delayRounds: Infinity });
    expect(await validateBundle(dir, { timeoutMs: 1500 })).toEqual(failing('worker-hung', 'within 1.5 s'));
    const signal = AbortSignal.abort();
    await expect(validateBundle(dir, { signal })).rejects.toMatchObject({ code: 'stopped' });
  });
});
