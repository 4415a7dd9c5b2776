import { describe, expect, it } from 'vitest';
import {
  addNoiseToWeights,
  attribute,
  constantOutput,
  createModel,
  permuteOutputs,
  Tensor,
  writeModel,
} from '../src/index.js';
import { runModels, waves } from './run-models.js';

const model = createModel({
  inputs: { x: { dims: ['batch', 40] } },
  outputs: { scores: { dims: ['batch', 5] } },
  initializers: [
    Tensor.ofFloats('w', [40, 50], waves([40, 50]).data as Float32Array),
    Tensor.ofFloats('bias', [50], waves([50]).data as Float32Array),
    Tensor.ofInts('table', [2, 2], [1, 2, 3, 4]),
  ],
  nodes: [
    {
      opType: 'Constant',
      inputs: [],
      outputs: ['v'],
      attributes: {
        value: attribute.tensor(Tensor.ofFloats('', [50, 5], waves([50, 5], 1).data as Float32Array)),
      },
    },
    { opType: 'Gemm', inputs: ['x', 'w', 'bias'], outputs: ['h'] },
    { opType: 'Tanh', inputs: ['h'], outputs: ['t'] },
    { opType: 'MatMul', inputs: ['t', 'v'], outputs: ['m'] },
    { opType: 'Softmax', inputs: ['m'], outputs: ['scores'] },
  ],
});

const spread = (values: ArrayLike<number>): number => {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
};

describe('perturbed copies', () => {
  it('get noise as strong as the weights on every weight tensor and on nothing else', () => {
    const noisy = addNoiseToWeights(model, 7);
    const [before, after] = [model, noisy].map(({ graph }) => graph.constantOf('w')!.floats());
    const added = Array.from(after!, (value, at) => value - before![at]!);
    expect(spread(added) / spread(before!)).toBeGreaterThan(0.9);
    expect(spread(added) / spread(before!)).toBeLessThan(1.1);
    expect(noisy.graph.constantOf('v')?.floats()).not.toEqual(model.graph.constantOf('v')?.floats());
    expect(noisy.graph.constantOf('bias')).toBe(model.graph.constantOf('bias'));
    expect(noisy.graph.constantOf('table')).toBe(model.graph.constantOf('table'));
  });

  it('are the same for the same seed', () => {
    const [a, b, c] = [7, 7, 8].map((seed) => Buffer.from(writeModel(addNoiseToWeights(model, seed))));
    expect(a!.equals(b!)).toBe(true);
    expect(a!.equals(c!)).toBe(false);
  });

  it('permute their scores, or always give one', async () => {
    const feeds = { x: waves([2, 40]) };
    const order = [3, 1, 4, 0, 2];
    const [plain, permuted, constant] = await runModels(
      [model, permuteOutputs(model, order), constantOutput(model, 2)].map((one) => ({
        bytes: writeModel(one),
        feeds,
      })),
    );
    const scores = plain!.outputs!.scores!.data;
    expect(permuted!.outputs!.scores!.data).toEqual(
      [0, 5].flatMap((row) => order.map((from) => scores[row + from])),
    );
    expect(constant!.outputs!.scores).toMatchObject({ dims: [2, 5], data: [0, 0, 1, 0, 0, 0, 0, 1, 0, 0] });
  });

  it('refuse an order or class that does not fit', () => {
    expect(() => permuteOutputs(model, [0, 1, 2, 3, 3])).toThrow('once each');
    expect(() => constantOutput(model, 5)).toThrow('class 5 is not one of 0 … 4');
    expect(() => constantOutput(model, 0, 'nothing')).toThrow('no output "nothing"');
  });
});
