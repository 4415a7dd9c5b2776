import { describe, expect, it } from 'vitest';
import { createModel, Tensor, type OnnxModel } from '@hamon/onnx';
import { samplesOf, type SampleSource } from '../../src/dataset/sample-source.js';
import type { CompressErrorCode } from '../../src/errors.js';
import { quantizeDynamic } from '../../src/quantize/dynamic/quantize-dynamic.js';
import { convertToHalf } from '../../src/quantize/half/convert-to-half.js';
import { quantizeMixed, type MixedPrecisionOptions } from '../../src/quantize/mixed/quantize-mixed.js';
import { quantizeStatic } from '../../src/quantize/static/quantize-static.js';
import { quantizeWeights } from '../../src/quantize/weights/quantize-weights.js';
import { noise, smallNetwork, smallSamples, weight } from './models.js';

const refusal = (code: CompressErrorCode, ...words: string[]): object => ({
  name: 'CompressError',
  code,
  message: expect.stringMatching(new RegExp(words.join('.*'))),
});

const withWeight = (tensor: Tensor): OnnxModel => {
  const model = smallNetwork();
  model.graph.setInitializer(tensor);
  return model;
};

const poisoned = (value: number): OnnxModel => {
  const values = Float32Array.from(weight('w2', [8, 8, 3, 3], 0.2, 2).floats());
  values[17] = value;
  return withWeight(Tensor.ofFloats('w2', [8, 8, 3, 3], values));
};

describe('what no quantization takes', () => {
  const ways: [string, (model: OnnxModel) => unknown][] = [
    ['static', (model) => quantizeStatic(model, smallSamples(4))],
    ['mixed', (model) => quantizeMixed(model, smallSamples(4))],
    ['weights', async (model) => quantizeWeights(model)],
    ['dynamic', async (model) => quantizeDynamic(model)],
    ['half', async (model) => convertToHalf(model)],
  ];

  it.each(ways)('%s: weights that are NaN or infinite, named', async (_, way) => {
    await expect(way(poisoned(NaN))).rejects.toMatchObject(
      refusal('weights-not-finite', '"w2"', 'NaN', '17'),
    );
    await expect(way(poisoned(Infinity))).rejects.toMatchObject(
      refusal('weights-not-finite', '"w2"', 'Infinity'),
    );
  });

  it.each(ways)('%s: a model that is quantized already, by the node', async (_, way) => {
    const { model } = await quantizeStatic(smallNetwork(), smallSamples(4), { calibrator: 'minmax' });
    await expect(way(model)).rejects.toMatchObject(refusal('already-quantized', 'Linear'));
    await expect(way(quantizeDynamic(smallNetwork()).model)).rejects.toMatchObject(
      refusal('already-quantized', 'DynamicQuantizeLinear'),
    );
  });
});

describe('what static quantization does not take', () => {
  it.each<[string, SampleSource, CompressErrorCode, string[]]>([
    ['no samples', samplesOf('x', [1, 2, 8, 8], []), 'dataset-empty', []],
    [
      'samples of another size',
      samplesOf('x', [1, 2, 4, 4], [noise(32, 1, 1)]),
      'dataset-invalid',
      ['2, 4, 4', '8, 8'],
    ],
    [
      'samples for another input',
      samplesOf('z', [1, 2, 8, 8], [noise(128, 1, 1)]),
      'model-unsupported',
      ['"z"', '"x"'],
    ],
    [
      'samples that are NaN',
      samplesOf('x', [1, 2, 8, 8], [new Float32Array(128).fill(NaN)]),
      'run-failed',
      ['NaN'],
    ],
  ])('%s', async (_, samples, code, words) => {
    await expect(quantizeStatic(smallNetwork(), samples)).rejects.toMatchObject(refusal(code, ...words));
  });

  it('an operator that the runtime does not know, by name', async () => {
    const model = createModel({
      inputs: { x: { dims: [1, 16] } },
      outputs: { y: { dims: [1, 4] } },
      nodes: [
        { opType: 'Twist', domain: 'org.example', inputs: ['x'], outputs: ['t'] },
        { opType: 'Gemm', inputs: ['t', 'w'], outputs: ['y'] },
      ],
      initializers: [weight('w', [16, 4], 1, 1)],
      domains: { 'org.example': 1 },
    });
    const samples = samplesOf('x', [1, 16], [noise(16, 1, 1), noise(16, 1, 2)]);
    await expect(quantizeStatic(model, samples)).rejects.toMatchObject(refusal('model-unloadable', 'Twist'));
  });

  it('an operator set that is too old to be lifted to one with scales per channel', async () => {
    const model = smallNetwork();
    model.opsets.set('', 9);
    await expect(quantizeStatic(model, smallSamples(4))).rejects.toMatchObject(
      refusal('model-unsupported', '9', '13'),
    );
  });

  it('a model without a layer for integers, by its operators', async () => {
    const model = createModel({
      inputs: { x: { dims: [1, 2, 8, 8] } },
      outputs: { y: { dims: [1, 3, 8, 8] } },
      nodes: [
        { opType: 'ConvTranspose', name: 'up', inputs: ['x', 'w'], outputs: ['u'] },
        { opType: 'Relu', inputs: ['u'], outputs: ['y'] },
      ],
      initializers: [weight('w', [2, 3, 1, 1], 1, 1)],
    });
    for (const way of [quantizeStatic, quantizeMixed])
      await expect(way(model, smallSamples(4))).rejects.toMatchObject(
        refusal('model-unsupported', 'ConvTranspose', 'Relu'),
      );
  });

  it('to keep every layer float', async () => {
    const keepFloat = ['stem', 'first', 'second', 'head'];
    await expect(quantizeStatic(smallNetwork(), smallSamples(4), { keepFloat })).rejects.toMatchObject(
      refusal('option-invalid', 'keepFloat', 'head'),
    );
  });

  it('an unknown number of channels', async () => {
    const model = createModel({
      inputs: { x: { dims: [1, 'channels', 8, 8] } },
      outputs: { y: { dims: [1, 2, 8, 8] } },
      nodes: [{ opType: 'Conv', name: 'layer', inputs: ['x', 'w'], outputs: ['y'] }],
      initializers: [weight('w', [2, 2, 1, 1], 1, 1)],
    });
    await expect(quantizeStatic(model, smallSamples(4))).rejects.toMatchObject(
      refusal('dynamic-shape', '"layer"', 'channels'),
    );
  });

  it.each<[string, MixedPrecisionOptions, string]>([
    ['a percentile of 99.9', { percentile: 99.9 }, 'percentile'],
    ['no samples at most', { maxSamples: 0 }, 'maxSamples'],
    ['a node that is not there', { keepFloat: ['no such node'] }, 'no such node'],
    ['an agreement above 1', { floor: { minAgreement: 1.5 } }, 'minAgreement'],
    ['a negative distance', { floor: { maxDistance: -1 } }, 'maxDistance'],
  ])('%s', async (_, options, word) => {
    const work = quantizeMixed(smallNetwork(), smallSamples(4), options);
    await expect(work).rejects.toMatchObject(refusal('option-invalid', word));
  });

  it('anything, once it is cancelled', async () => {
    const stop = new AbortController();
    const work = quantizeStatic(smallNetwork(), smallSamples(200), {}, stop.signal);
    setImmediate(() => stop.abort());
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('what the other ways do not take', () => {
  const onlyAdd = createModel({
    inputs: { x: { dims: [1, 4] } },
    outputs: { y: { dims: [1, 4] } },
    nodes: [{ opType: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
  });

  it('a model without layers', () => {
    expect(() => quantizeWeights(onlyAdd)).toThrow(
      expect.objectContaining(refusal('model-unsupported', 'Conv')),
    );
    expect(() => quantizeDynamic(onlyAdd)).toThrow(
      expect.objectContaining(refusal('model-unsupported', 'MatMul')),
    );
  });

  it('blocks of an odd size, and 4 bits without their operator', () => {
    expect(() => quantizeWeights(smallNetwork(), { bits: 4, blockSize: 20 })).toThrow(
      expect.objectContaining(refusal('option-invalid', 'blockSize', '20')),
    );
    expect(() => quantizeWeights(smallNetwork(), { bits: 4, matrices: 'widened' })).toThrow(
      expect.objectContaining(refusal('option-invalid', 'MatMulNBits')),
    );
  });

  it('float16 arithmetic for operators that it does not know, by name', () => {
    const model = createModel({
      inputs: { x: { dims: [1, 4] } },
      outputs: { y: { dims: [1, 4] } },
      nodes: [{ opType: 'Celu', inputs: ['x'], outputs: ['y'] }],
    });
    expect(() => convertToHalf(model, { arithmetic: 'float16' })).toThrow(
      expect.objectContaining(refusal('model-unsupported', 'Celu')),
    );
  });
});
