import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel, writeModel } from '@hamon/onnx';
import { compileVariants, judgeCompiled } from '../../src/compile/compile-variants.js';
import { portabilityOf } from '../../src/compile/portability-of.js';
import { compress } from '../../src/compress.js';
import type { TimedLatency } from '../../src/measure/measure-latency.js';
import { portsOf } from '../../src/source/ports-of.js';
import { answers, largestDifference, smallSamples } from '../quantize/models.js';
import { invertedResidual } from '../prune/networks.js';
import { bundleFolder, imageFolder, QUICK, temporaryFolder } from '../support/small-bundle.js';

const CLASS = 'x64-2c-8g-ort1.30-avx2';
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const latency = (blockMs: number): TimedLatency => ({
  threads: 1,
  rounds: 15,
  runs: 15,
  p50Ms: blockMs,
  p95Ms: blockMs,
  ratio: 1,
  blocksP50Ms: Array.from({ length: 15 }, () => blockMs),
});

/** One model, compiled and judged by latencies that a test can rely on. */
async function judged(variantMs: number, compiledMs: number) {
  const dir = await temporaryFolder();
  const model = invertedResidual();
  const path = join(dir, 'model.fp32.onnx');
  await writeFile(path, writeModel(model));
  const drafts = await compileVariants(dir, [{ name: 'fp32', path }], CLASS, () => undefined);
  const compiled = await readFile(drafts[0]?.path ?? '');
  const [report] = await judgeCompiled({
    drafts,
    latencies: [{ variant: latency(variantMs), compiled: latency(compiledMs) }],
    hardwareClass: CLASS,
    onnxruntime: '1.30.0',
    served: { ports: portsOf(model) },
    samples: smallSamples(8),
    loads: 2,
    onVariant: () => undefined,
  });
  return { dir, model, report, compiled };
}

describe('compiling for this machine', () => {
  it('keeps a file that runs faster, under its class, and says where else it may not run', async () => {
    const { dir, model, report, compiled } = await judged(1, 0.5);
    expect(report).toMatchObject({
      variant: 'fp32',
      file: `compiled/${CLASS}/model.fp32.onnx`,
      bytes: compiled.length,
      payoffs: ['latency'],
      latencyRatio: 0.5,
      hardwareClass: CLASS,
      onnxruntime: '1.30.0',
      executionProvider: 'cpu',
    });
    expect(report?.limits.join()).toMatch(
      /onnxruntime 1\.30\.0.*CPU execution provider.*x64-2c-8g-ort1\.30-avx2/,
    );
    expect(report?.largestDifference).toBeLessThan(1e-5);
    const kept = readModel(await readFile(join(dir, report?.file ?? '')));
    // It is optimized indeed: activations are part of the convolutions.
    expect(kept.graph.nodes.some((node) => node.is('Relu'))).toBe(false);
    const samples = smallSamples(8, 5);
    expect(largestDifference(await answers(model, samples), await answers(kept, samples))).toBeLessThan(1e-4);
  });

  it('removes one that does not', async () => {
    const { dir, report } = await judged(1, 1);
    expect(report).toMatchObject({ payoffs: [], latencyRatio: 1 });
    expect(report).not.toHaveProperty('file');
    expect(await readdir(dir)).toEqual(['model.fp32.onnx']);
  });

  it('names operators of the runtime alone, and layouts of the CPU', () => {
    const model = invertedResidual();
    const plain = portabilityOf(model, CLASS, '1.30.0');
    expect(plain.operators).toEqual([]);
    model.graph.replaceNode(model.graph.topological()[0] as never, { domain: 'com.microsoft.nchwc' });
    const blocked = portabilityOf(model, CLASS, '1.30.0');
    expect(blocked.operators).toEqual(['com.microsoft.nchwc.Conv']);
    expect(blocked.limits).not.toEqual(plain.limits);
  });

  it('is part of a run where the recipe says so, beside the bundle and not in it', async () => {
    const out = join(await temporaryFolder(), 'out');
    const report = await compress({
      source: await bundleFolder(),
      out,
      calibration: await imageFolder(),
      recipe: { variants: ['int8-weights'], compile: true, ...QUICK },
    });
    expect(report.compiled?.map(({ variant }) => variant)).toEqual(['fp32', 'int8-weights']);
    for (const form of report.compiled ?? []) {
      expect(form.hardwareClass).toBe(report.machine.hardwareClass);
      // Three runs prove nothing, so nothing is kept.
      expect(form.file).toBeUndefined();
      expect(form.latency.rounds).toBe(1);
    }
    expect(await exists(join(out, 'compiled'))).toBe(false);
    expect(await readFile(join(out, 'bundle.json'), 'utf8')).not.toContain('compiled');
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Compiled for this machine');
  });

  it('is left out where the recipe does not', async () => {
    const out = join(await temporaryFolder(), 'out');
    const report = await compress({
      source: await bundleFolder(),
      out,
      recipe: { variants: ['fp16'], ...QUICK },
    });
    expect(report).not.toHaveProperty('compiled');
    expect(await readFile(join(out, 'report.html'), 'utf8')).not.toContain('Compiled for this machine');
  });
});
