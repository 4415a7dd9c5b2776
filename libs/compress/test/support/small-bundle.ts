import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleDocument } from '@hamon/contracts';
import { encodePng } from '@hamon/inference';
import { attribute, createModel, Tensor, writeModel, type OnnxModel } from '@hamon/onnx';
import { seededRandom } from '@hamon/stats';
import { temporaryFolder } from '@hamon/testing';

export const SIDE = 8;
export const LABELS = ['dark', 'grey', 'bright'] as const;
const CENTRES = [0.2, 0.5, 0.8];
const CHANNELS = 8;

export { temporaryFolder };

/**
 * Tells dark images from grey and bright ones: the first channel of two convolutions is the mean, the others are seeded
 * noise that the last layer hardly looks at.
 */
export function brightnessModel(disturb: (weights: Float32Array) => void = () => undefined): OnnxModel {
  const random = seededRandom(7);
  const noise = (size: number, scale: number): Float32Array =>
    Float32Array.from({ length: size }, () => scale * random.normal());
  const first = noise(CHANNELS * 9, 0.1);
  first.fill(1 / 9, 0, 9);
  const second = noise(CHANNELS * CHANNELS * 9, 0.02);
  second.fill(0, 0, CHANNELS * 9);
  second[4] = 1;
  const last = noise(CHANNELS * 3, 0.05);
  CENTRES.forEach((centre, label) => (last[label] = 40 * centre));
  disturb(second);
  const pads = { pads: attribute.ints([1, 1, 1, 1]) };
  return createModel({
    inputs: { image: { dims: ['batch', 1, SIDE, SIDE] } },
    outputs: { probabilities: { dims: ['batch', 3] } },
    nodes: [
      { name: 'first', opType: 'Conv', inputs: ['image', 'w1', 'b1'], outputs: ['c1'] },
      { name: 'relu', opType: 'Relu', inputs: ['c1'], outputs: ['r1'] },
      { name: 'second', opType: 'Conv', inputs: ['r1', 'w2', 'b2'], outputs: ['c2'], attributes: pads },
      { name: 'pool', opType: 'GlobalAveragePool', inputs: ['c2'], outputs: ['p'] },
      { name: 'flat', opType: 'Flatten', inputs: ['p'], outputs: ['f'] },
      { name: 'last', opType: 'Gemm', inputs: ['f', 'w3', 'b3'], outputs: ['scores'] },
      { name: 'softmax', opType: 'Softmax', inputs: ['scores'], outputs: ['probabilities'] },
    ],
    initializers: [
      Tensor.ofFloats('w1', [CHANNELS, 1, 3, 3], first),
      Tensor.ofFloats('b1', [CHANNELS], new Float32Array(CHANNELS)),
      Tensor.ofFloats('w2', [CHANNELS, CHANNELS, 3, 3], second),
      Tensor.ofFloats('b2', [CHANNELS], new Float32Array(CHANNELS)),
      Tensor.ofFloats('w3', [CHANNELS, 3], last),
      Tensor.ofFloats(
        'b3',
        [3],
        Float32Array.from(CENTRES, (centre) => -20 * centre * centre),
      ),
    ],
  });
}

export const BUNDLE: BundleDocument = {
  schema: 'hamon.bundle/1',
  model: 'brightness',
  version: '1.0.0',
  task: 'classification',
  input: {
    name: 'image',
    layout: 'NCHW',
    width: SIDE,
    height: SIDE,
    channels: 1,
    dtype: 'float32',
    resize: 'stretch',
    scale: 1 / 255,
    mean: [0],
    std: [1],
  },
  output: { name: 'probabilities', activation: 'none', labels: [...LABELS] },
  variants: [{ name: 'fp32', file: 'model.fp32.onnx' }],
  budgets: { p95Ms: 10_000, rssMb: 4000 },
};

/** A bundle folder around a model; `change` overlays `bundle.json`. */
export async function bundleFolder(
  model: OnnxModel | Uint8Array = brightnessModel(),
  change: object = {},
): Promise<string> {
  const dir = await temporaryFolder();
  await writeFile(join(dir, 'bundle.json'), JSON.stringify({ ...BUNDLE, ...change }));
  await writeFile(join(dir, 'model.fp32.onnx'), model instanceof Uint8Array ? model : writeModel(model));
  return dir;
}

/** Seeded images in class subfolders, each about as bright as its class says. */
export async function imageFolder(
  perClass = 6,
  { seed = 1, side = SIDE, labels = LABELS as readonly string[] } = {},
): Promise<string> {
  const dir = await temporaryFolder();
  const random = seededRandom(seed);
  for (const [index, label] of labels.entries()) {
    await mkdir(join(dir, label));
    for (let i = 0; i < perClass; i += 1) {
      const middle = 255 * ((CENTRES[index % 3] ?? 0.5) + 0.04 * random.normal());
      const pixels = Uint8Array.from({ length: side * side }, () =>
        Math.max(0, Math.min(255, Math.round(middle + 12 * random.normal()))),
      );
      const image = await encodePng(pixels, { width: side, height: side, channels: 1 });
      await writeFile(join(dir, label, `${i}.png`), image);
    }
  }
  return dir;
}

/** Latencies that say nothing, quickly. */
export const QUICK = {
  measure: { rounds: 1, runs: 3, warmupRuns: 1, allThreads: false, samples: 2 },
} as const;
