import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InferenceSession } from 'onnxruntime-node';
import { hamon, temporaryFolder } from './support/run.js';

const BUNDLE = resolve(import.meta.dirname, '../../../examples/surface-inspection/bundles/1.0.0');
const quick = { measure: { rounds: 1, runs: 3, warmupRuns: 1, allThreads: false } };

async function recipeFile(recipe: unknown): Promise<string> {
  const path = join(await temporaryFolder(), 'recipe.json');
  await writeFile(path, typeof recipe === 'string' ? recipe : JSON.stringify(recipe));
  return path;
}

describe('hamon compress', () => {
  it('asks no server and answers with one line of JSON, the original first', async () => {
    const out = join(await temporaryFolder(), 'out');
    const recipe = await recipeFile(quick);
    const {
      code,
      json,
      out: said,
    } = await hamon([
      'compress',
      BUNDLE,
      '--out',
      out,
      '--variants',
      'int8-weights,fp16',
      '--recipe',
      recipe,
      '--json',
    ]);
    expect(code).toBe(0);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
    expect(json).toMatchObject({ schema: 'hamon.compress/1' });
    const variants = json['variants'] as Record<string, unknown>[];
    expect(variants.map(({ name, file }) => [name, file])).toEqual([
      ['fp32', 'model.fp32.onnx'],
      ['int8-weights', 'model.int8-weights.onnx'],
      ['fp16', 'model.fp16.onnx'],
    ]);
    for (const variant of variants) {
      for (const key of ['bytes', 'p50Ms', 'p95Ms', 'rssMb', 'macs']) expect(variant[key]).toBeGreaterThan(0);
      // Without labels there is no accuracy to tell.
      expect(variant).not.toHaveProperty('accuracy');
      const bytes = await readFile(join(out, String(variant['file'])));
      expect(bytes.length).toBe(variant['bytes']);
      const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
      expect(session.inputNames).toHaveLength(1);
    }
  });

  it('shows a table and where the report lies', async () => {
    const out = join(await temporaryFolder(), 'out');
    const recipe = await recipeFile({ ...quick, variants: ['fp16'], compile: true });
    const { code, out: said } = await hamon(['compress', BUNDLE, '--out', out, '--recipe', recipe]);
    expect(code).toBe(0);
    expect(said).toMatch(/VARIANT +SIZE +OF FP32/);
    expect(said).toMatch(/fp16 +\d/);
    expect(said).toContain(join(out, 'report.html'));
    expect(said).toContain('Compiling does not pay here for fp32, fp16');
  });

  it.each<[string, string[], number, RegExp]>([
    ['no variants', [], 2, /which variants\?/],
    ['an unknown variant', ['--variants', 'int7'], 2, /variants\.0/],
    ['an empty name', ['--variants', 'fp16,,pruned'], 2, /NAME,NAME/],
    ['a drop of two', ['--variants', 'fp16', '--max-accuracy-drop', '2'], 2, /between 0 and 1/],
    ['a recipe that is not there', ['--variants', 'fp16', '--recipe', 'nowhere.json'], 2, /nowhere\.json/],
    ['calibration that is not there', ['--variants', 'fp16', '--calibration', 'nowhere'], 1, /nowhere/],
  ])('refuses %s and makes nothing', async (_what, flags, wanted, reason) => {
    const parent = await temporaryFolder();
    const { code, out, err } = await hamon(['compress', BUNDLE, '--out', join(parent, 'out'), ...flags]);
    expect({ code, out }).toEqual({ code: wanted, out: '' });
    expect(err).toMatch(reason);
    expect(await readdir(parent)).toEqual([]);
  });

  it('names the key of a recipe that means nothing', async () => {
    const out = join(await temporaryFolder(), 'out');
    const recipe = await recipeFile({ prune: { lowrank: true } });
    const { code, err } = await hamon([
      'compress',
      BUNDLE,
      '--out',
      out,
      '--variants',
      'fp16',
      '--recipe',
      recipe,
    ]);
    expect(code).toBe(2);
    expect(err).toContain('lowrank');
  });

  it('ends with 1 for a source that is no model', async () => {
    const path = await recipeFile('this is text');
    const { code, err } = await hamon([
      'compress',
      path,
      '--out',
      join(await temporaryFolder(), 'o'),
      '--variants',
      'fp16',
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/ONNX/);
  });
});
