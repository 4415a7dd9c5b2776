import { describe, expect, it } from 'vitest';
import { createModel, readModel, Tensor, type NewNode } from '@hamon/onnx';
import { samplesOf } from '../../src/dataset/sample-source.js';
import { quantizeDynamic } from '../../src/quantize/dynamic/quantize-dynamic.js';
import { finishVariant } from '../../src/quantize/finish-variant.js';
import { convertToHalf } from '../../src/quantize/half/convert-to-half.js';
import { outputDistance } from '../../src/judge/output-distance.js';
import { quantizeWeights } from '../../src/quantize/weights/quantize-weights.js';
import { runSamples } from '../../src/dataset/run-samples.js';
import { TensorSession } from '../../src/runtime/tensor-session.js';
import type { OnnxModel } from '@hamon/onnx';
import { answers, noise, smallNetwork, smallSamples, weight } from './models.js';

/** Two dense layers in both orders of the weight, and a product without bias. */
const dense = createModel({
  inputs: { x: { dims: ['batch', 64] } },
  outputs: { y: { dims: ['batch', 8] } },
  nodes: [
    { opType: 'Gemm', name: 'one', inputs: ['x', 'w1', 'b1'], outputs: ['g'] },
    { opType: 'Relu', inputs: ['g'], outputs: ['r'] },
    { opType: 'MatMul', name: 'two', inputs: ['r', 'w2'], outputs: ['m'] },
    { opType: 'Add', inputs: ['m', 'b2'], outputs: ['a'] },
    { opType: 'MatMul', name: 'three', inputs: ['a', 'w3'], outputs: ['y'] },
  ],
  initializers: [
    weight('w1', [64, 48], 0.2, 1),
    weight('b1', [48], 1, 2),
    weight('w2', [48, 40], 0.2, 3),
    weight('b2', [40], 1, 4),
    weight('w3', [40, 8], 0.2, 5),
  ],
});
const vectors = samplesOf(
  'x',
  [1, 64],
  Array.from({ length: 20 }, (_, index) => noise(64, 3, index)),
);
const images = smallSamples(20);

async function shapesAndValues(
  model: OnnxModel,
): Promise<{ dims: (readonly number[])[]; values: Float32Array[] }> {
  const session = await TensorSession.open(model, { threads: 1 });
  try {
    const dims: (readonly number[])[] = [];
    const values: Float32Array[] = [];
    for await (const { outputs } of runSamples(session, vectors)) {
      dims.push(outputs['y']?.dims ?? []);
      values.push(outputs['y']?.data ?? new Float32Array(0));
    }
    return { dims, values };
  } finally {
    await session.close();
  }
}

describe('variants that need no data', () => {
  it.each<[string, (model: OnnxModel) => { model: OnnxModel }, number]>([
    ['float16 weights', (model) => convertToHalf(model), 1e-5],
    ['float16 arithmetic', (model) => convertToHalf(model, { arithmetic: 'float16' }), 1e-4],
    ['int8 weights', (model) => quantizeWeights(model), 1e-3],
    [
      'int8 weights in blocks',
      (model) => quantizeWeights(model, { matrices: 'MatMulNBits', blockSize: 32 }),
      1e-3,
    ],
    ['int4 weights', (model) => quantizeWeights(model, { bits: 4, blockSize: 16 }), 0.05],
    ['dynamic int8', (model) => quantizeDynamic(model), 2e-3],
  ])('%s stay near the float model', async (_, make, bound) => {
    for (const [model, samples] of [
      [dense, vectors],
      [smallNetwork({ softmax: false }), images],
    ] as const) {
      const made = readModel(finishVariant('fp16', make(model).model).bytes);
      const distance = outputDistance(await answers(model, samples), await answers(made, samples));
      expect(distance).toBeLessThan(bound);
      expect(made.graph.inputs[0]?.dataType).toBe('float32');
      expect(made.graph.outputs[0]?.dataType).toBe('float32');
    }
  });

  describe.each<[string, (model: OnnxModel) => { model: OnnxModel }]>([
    ['float16', (model) => convertToHalf(model)],
    ['int8 in blocks', (model) => quantizeWeights(model, { matrices: 'MatMulNBits', blockSize: 16 })],
    ['dynamic int8', (model) => quantizeDynamic(model)],
  ])('%s', (_, make) => {
    // A second layer, so that there is one to quantize where the first has to stay float.
    const network = (layer: readonly NewNode[], bias: readonly number[]): OnnxModel =>
      createModel({
        inputs: { x: { dims: ['batch', 64] } },
        outputs: { y: { dims: bias.length > 2 ? [1, 'batch', 8] : ['batch', 8] } },
        nodes: [...layer, { opType: 'MatMul', inputs: ['h', 'v'], outputs: ['y'] }],
        initializers: [weight('w', [64, 48], 0.2, 1), weight('b', bias, 1, 2), weight('v', [48, 8], 0.2, 3)],
      });
    const gemm: NewNode[] = [{ opType: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['h'] }];
    const sum: NewNode[] = [
      { opType: 'MatMul', inputs: ['x', 'w'], outputs: ['p'] },
      { opType: 'Add', inputs: ['p', 'b'], outputs: ['h'] },
    ];

    it.each<[string, readonly NewNode[], readonly number[]]>([
      ['one number for a Gemm', gemm, [1]],
      ['a scalar for a Gemm', gemm, []],
      ['a row for a Gemm', gemm, [1, 48]],
      ['a row for a sum', sum, [1, 48]],
      ['a row that adds an axis', sum, [1, 1, 48]],
      ['one number for a sum', sum, [1]],
    ])('keeps shape and values with a bias that is %s', async (_name, layer, bias) => {
      const model = network(layer, bias);
      const made = readModel(finishVariant('fp16', make(model).model).bytes);
      const [wanted, got] = [await shapesAndValues(model), await shapesAndValues(made)];
      expect(got.dims).toEqual(wanted.dims);
      expect(outputDistance(wanted.values, got.values)).toBeLessThan(2e-3);
    });
  });

  it('are smaller by what their bits say', () => {
    const weightBytes = (model: OnnxModel): number =>
      [...model.graph.initializers.values()].reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const full = weightBytes(dense);
    expect(weightBytes(convertToHalf(dense).model) / full).toBeLessThan(0.51);
    expect(weightBytes(quantizeWeights(dense).model) / full).toBeLessThan(0.31);
    expect(weightBytes(quantizeWeights(dense, { bits: 4, blockSize: 32 }).model) / full).toBeLessThan(0.23);
  });

  it('keep a tensor float that float16 cannot hold, and say so', async () => {
    const model = smallNetwork({ softmax: false });
    const large = Float32Array.from(weight('w3', [8, 4], 1, 5).floats());
    large[0] = 1e6;
    model.graph.setInitializer(Tensor.ofFloats('w3', [8, 4], large));
    const { model: half, keptFloat } = convertToHalf(model);
    expect(keptFloat).toEqual(['w3']);
    const [wanted, got] = [await answers(model, images), await answers(half, images)];
    expect(outputDistance(wanted, got)).toBeLessThan(1e-5);
  });

  it('leave layers float that are named so', () => {
    const { layers } = quantizeWeights(dense, { keepFloat: ['two'] });
    expect(layers.map(({ name }) => name)).toEqual(['one', 'three']);
    expect(quantizeDynamic(dense, { keepFloat: ['one'] }).layers).toEqual(['two', 'three']);
  });
});
