import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inLongRun } from '@hamon/testing';
import { attribute, createModel, readModel, Tensor, type OnnxModel } from '@hamon/onnx';
import { compress } from '../../src/compress.js';
import type { CompressReport } from '../../src/report/compress-report.js';
import { summaryOf } from '../../src/report/summary.js';
import {
  brightnessModel,
  bundleFolder,
  imageFolder,
  LABELS,
  QUICK,
  SIDE,
  temporaryFolder,
} from '../support/small-bundle.js';

/** Tells brightness through a large matrix whose rows are all alike: one direction is all that it has. */
function denseModel(): OnnxModel {
  const pixels = SIDE * SIDE;
  const wide = 48;
  const centres = [0.2, 0.5, 0.8];
  return createModel({
    inputs: { image: { dims: ['batch', 1, SIDE, SIDE] } },
    outputs: { probabilities: { dims: ['batch', 3] } },
    nodes: [
      {
        name: 'flat',
        opType: 'Flatten',
        inputs: ['image'],
        outputs: ['f'],
        attributes: { axis: attribute.int(1) },
      },
      { name: 'wide', opType: 'Gemm', inputs: ['f', 'w1', 'b1'], outputs: ['h'] },
      { name: 'last', opType: 'Gemm', inputs: ['h', 'w2', 'b2'], outputs: ['scores'] },
      { name: 'softmax', opType: 'Softmax', inputs: ['scores'], outputs: ['probabilities'] },
    ],
    initializers: [
      Tensor.ofFloats('w1', [pixels, wide], new Float32Array(pixels * wide).fill(1 / pixels)),
      Tensor.ofFloats('b1', [wide], new Float32Array(wide)),
      Tensor.ofFloats(
        'w2',
        [wide, 3],
        Float32Array.from({ length: wide * 3 }, (_, i) => (40 * (centres[i % 3] ?? 0)) / wide),
      ),
      Tensor.ofFloats(
        'b2',
        [3],
        Float32Array.from(centres, (centre) => -20 * centre * centre),
      ),
    ],
  });
}

describe('variants that are pruned', () => {
  let calibration = '';
  const run = async (model: OnnxModel, recipe: object): Promise<{ report: CompressReport; out: string }> => {
    const out = join(await temporaryFolder(), 'out');
    const source = await bundleFolder(model);
    const variants = ['pruned', 'pruned-int8'];
    return {
      report: await compress({ source, out, calibration, recipe: { variants, ...QUICK, ...recipe } }),
      out,
    };
  };
  beforeAll(async () => {
    calibration = await imageFolder(10);
  });

  it('share one pruning, shrink, and come out the same again', async () => {
    const recipe = { prune: { channelMultiple: 2, macsReduction: 0.4 } };
    const { report } = await run(brightnessModel(), recipe);
    const [fp32, pruned, int8] = summaryOf(report).variants;
    expect(pruned?.macs).toBeLessThanOrEqual(0.6 * (fp32?.macs ?? 0));
    expect(int8?.macs).toBe(pruned?.macs);
    expect(int8?.bytes).toBeLessThan(pruned?.bytes ?? 0);
    expect(pruned?.bytes).toBeLessThan(fp32?.bytes ?? 0);
    expect(report.variants[1]?.notes).toMatchObject({ macsAfter: pruned?.macs });
    expect(report.variants[2]?.notes['pruning']).toEqual(report.variants[1]?.notes);
    // The images are easy, and channels of noise are what goes.
    for (const { calibration: quality } of report.variants) expect(quality?.accuracy).toBeGreaterThan(0.9);
    const { report: again } = await run(brightnessModel(), recipe);
    expect(again.variants.map(({ sha256 }) => sha256)).toEqual(report.variants.map(({ sha256 }) => sha256));
  });

  inLongRun(it)(
    'are decided on by the output and activation that the bundle names, not by the first output',
    async () => {
      const whole = brightnessModel();
      const { graph } = whole;
      const decoy = { name: 'p', dataType: 'float32' as const, dims: ['batch', 8, 1, 1] };
      const scores = { name: 'scores', dataType: 'float32' as const, dims: ['batch', 3] };
      const bare = whole.withGraph(graph.withInterface(graph.inputs, [decoy, scores]));
      const source = await bundleFolder(bare, {
        output: { name: 'scores', activation: 'softmax', labels: [...LABELS] },
      });
      const recipe = { prune: { channelMultiple: 2, macsReduction: 0.4 } };
      const variants = ['int8-static', 'pruned'];
      const run = async (from: string): Promise<CompressReport['variants']> => {
        const out = join(await temporaryFolder(), 'out');
        const made = await compress({
          source: from,
          out,
          calibration,
          recipe: { variants, ...QUICK, ...recipe },
        });
        return made.variants;
      };
      const [named, usual] = [await run(source), await run(await bundleFolder())];
      const judged = (variant: CompressReport['variants'][number] | undefined) =>
        variant?.notes['judgement'] as { accuracy: number; agreement: number; distance: number };
      const [int8, pruned] = named.slice(1);
      const [sameInt8, samePruned] = usual.slice(1);
      // Logits under softmax are the same answers as probabilities, to rounding.
      expect(judged(int8)).toMatchObject({ accuracy: 1, agreement: 1 });
      expect(judged(int8).distance).toBeCloseTo(judged(sameInt8).distance, 4);
      expect(pruned?.notes['distance']).toBeCloseTo(samePruned?.notes['distance'] as number, 4);
      expect(pruned?.macs).toBe(samePruned?.macs);
    },
  );

  it('have large products factored where the recipe lets them, traced to where they came from', async () => {
    const { report, out } = await run(denseModel(), { lowRank: { use: 'only', minWeights: 1000 } });
    const [fp32, pruned] = report.variants;
    expect(pruned?.notes['lowRank']).toMatchObject({
      layers: [{ layer: 'wide', features: 64, outputs: 48, rank: 1 }],
      macsBefore: fp32?.macs,
      macsAfter: pruned?.macs,
    });
    expect(pruned?.macs).toBe(64 + 48 + 48 * 3);
    expect(pruned?.calibration?.agreement).toBe(1);
    expect(report.layers.find(({ name }) => name === 'wide')?.bytes['pruned']).toBeLessThan(64 * 48);
    const { graph } = readModel(await readFile(join(out, 'model.pruned.onnx')));
    expect(graph.nodes.filter((node) => node.is('Gemm', 'MatMul'))).toHaveLength(3);
  });

  it('say so where nothing is worth factoring', async () => {
    await expect(run(denseModel(), { lowRank: { use: 'only' } })).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('worth factoring') as unknown,
    });
  });

  it('need images to be made by', async () => {
    const running = compress({
      source: await bundleFolder(),
      out: join(await temporaryFolder(), 'out'),
      recipe: { variants: ['pruned'], ...QUICK },
    });
    await expect(running).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('--calibration') as unknown,
    });
  });
});
