import { seededRandom } from '@hamon/stats';
import { attribute, createModel, Tensor, type NewNode, type OnnxModel } from '@hamon/onnx';
import { outputsOf } from '../../src/dataset/run-samples.js';
import { samplesOf, type SampleSource } from '../../src/dataset/sample-source.js';
import { TensorSession } from '../../src/runtime/tensor-session.js';

/** Normal values of the given spread, the same for the same seed. */
export function noise(length: number, spread: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => spread * random.normal());
}

export const weight = (name: string, dims: readonly number[], spread: number, seed: number): Tensor =>
  Tensor.ofFloats(
    name,
    dims,
    noise(
      dims.reduce((a, b) => a * b, 1),
      spread,
      seed,
    ),
  );

const padded = { kernel_shape: attribute.ints([3, 3]), pads: attribute.ints([1, 1, 1, 1]) };

/**
 * Two convolutions with Relu between them and a residual addition, mean over positions, four class scores.
 * @param outlier what the first inner channel is scaled by, and its readers by the inverse: the model computes the same
 */
export function smallNetwork({ outlier = 1, softmax = true } = {}): OnnxModel {
  const first = weight('w1', [8, 2, 3, 3], 0.4, 1);
  const second = weight('w2', [8, 8, 3, 3], 0.2, 2);
  const scaled = (tensor: Tensor, factor: (index: number) => number): Tensor =>
    Tensor.ofFloats(
      tensor.name,
      tensor.dims,
      Float32Array.from(tensor.floats(), (value, index) => value * factor(index)),
    );
  const nodes: NewNode[] = [
    { opType: 'Conv', name: 'stem', inputs: ['x', 'w0', 'b0'], outputs: ['c0'], attributes: padded },
    { opType: 'Relu', inputs: ['c0'], outputs: ['r0'] },
    { opType: 'Conv', name: 'first', inputs: ['r0', 'w1', 'b1'], outputs: ['c1'], attributes: padded },
    { opType: 'Relu', inputs: ['c1'], outputs: ['r1'] },
    { opType: 'Conv', name: 'second', inputs: ['r1', 'w2', 'b2'], outputs: ['c2'], attributes: padded },
    { opType: 'Add', name: 'residual', inputs: ['r0', 'c2'], outputs: ['a'] },
    {
      opType: 'ReduceMean',
      name: 'mean',
      inputs: ['a'],
      outputs: ['m'],
      attributes: { axes: attribute.ints([2, 3]), keepdims: attribute.int(0) },
    },
    { opType: 'Gemm', name: 'head', inputs: ['m', 'w3', 'b3'], outputs: [softmax ? 'scores' : 'y'] },
  ];
  if (softmax) nodes.push({ opType: 'Softmax', inputs: ['scores'], outputs: ['y'] });
  return createModel({
    inputs: { x: { dims: ['batch', 2, 8, 8] } },
    outputs: { y: { dims: ['batch', 4] } },
    nodes,
    initializers: [
      weight('w0', [8, 2, 3, 3], 0.4, 7),
      weight('b0', [8], 0.1, 8),
      scaled(weight('w1', [8, 8, 3, 3], 0.2, 9), (index) => (index < 72 ? outlier : 1)),
      scaled(weight('b1', first.dims.slice(0, 1), 0.1, 3), (index) => (index === 0 ? outlier : 1)),
      scaled(second, (index) => (Math.floor(index / 9) % 8 === 0 ? 1 / outlier : 1)),
      weight('b2', [8], 0.1, 4),
      weight('w3', [8, 4], 1.5, 5),
      weight('b3', [4], 0.1, 6),
    ],
  });
}

/** An If that reads `tensor` by name in both branches, by the constant `yes`. */
export const choiceOf = (tensor: string, output: string): NewNode => ({
  opType: 'If',
  inputs: ['yes'],
  outputs: [output],
  attributes: {
    then_branch: attribute.branch('Neg', [tensor], `${output}_then`),
    else_branch: attribute.branch('Relu', [tensor], `${output}_else`),
  },
});

export const yes = Tensor.of('yes', 'bool', [], Uint8Array.of(1));

export const smallSamples = (count: number, seed = 11): SampleSource =>
  samplesOf(
    'x',
    [1, 2, 8, 8],
    Array.from({ length: count }, (_, index) => noise(128, 1, seed * 1000 + index)),
  );

/** Outputs of a model on samples, as onnxruntime computes them. */
export async function answers(model: OnnxModel, samples: SampleSource): Promise<readonly Float32Array[]> {
  const session = await TensorSession.open(model, { threads: 1 });
  try {
    return await outputsOf(session, samples);
  } finally {
    await session.close();
  }
}

export function largestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let largest = 0;
  a.forEach((values, sample) =>
    values.forEach((value, index) => {
      largest = Math.max(largest, Math.abs(value - (b[sample]?.[index] ?? NaN)));
    }),
  );
  return largest;
}
