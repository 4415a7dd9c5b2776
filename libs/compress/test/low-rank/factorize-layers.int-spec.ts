import { describe, expect, it } from 'vitest';
import { attribute, createModel, Tensor, type OnnxModel } from '@hamon/onnx';
import { samplesOf, type SampleSource } from '../../src/dataset/sample-source.js';
import { multiply } from '../../src/linear-algebra/matrix.js';
import { factorizeLayers } from '../../src/low-rank/factorize-layers.js';
import { outputDistance } from '../../src/judge/output-distance.js';
import { answers, largestDifference, noise } from '../quantize/models.js';

const normal = (length: number, spread: number, seed: number): Float64Array =>
  Float64Array.from(noise(length, spread, seed));

/** Weights of a given rank, with a hint of everything else. */
const thinWeights = (features: number, outputs: number, rank: number, rest: number): Float32Array => {
  const [first, second] = [normal(features * rank, 0.2, 1), normal(rank * outputs, 1, 2)];
  const hint = noise(features * outputs, rest, 3);
  return Float32Array.from(
    multiply(first, second, features, rank, outputs),
    (value, i) => value + (hint[i] as number),
  );
};

interface Shape {
  readonly features: number;
  readonly outputs: number;
}

function layer(
  kind: 'Gemm' | 'Gemm transposed' | 'MatMul',
  { features, outputs }: Shape,
  weights: Float32Array,
): OnnxModel {
  const turned = kind === 'Gemm transposed';
  const stored = turned
    ? Float32Array.from(
        weights,
        (_, i) => weights[(i % features) * outputs + Math.floor(i / features)] as number,
      )
    : weights;
  const bias = Tensor.ofFloats('b', [outputs], noise(outputs, 1, 4));
  return createModel({
    inputs: { x: { dims: ['batch', features] } },
    outputs: { y: { dims: ['batch', 3] } },
    nodes: [
      kind === 'MatMul'
        ? { name: 'wide', opType: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] }
        : {
            name: 'wide',
            opType: 'Gemm',
            inputs: ['x', 'w', 'b'],
            outputs: ['h'],
            attributes: turned ? { transB: attribute.int(1) } : {},
          },
      { name: 'act', opType: 'Relu', inputs: ['h'], outputs: ['r'] },
      { name: 'head', opType: 'MatMul', inputs: ['r', 'v'], outputs: ['y'] },
    ],
    initializers: [
      Tensor.ofFloats('w', turned ? [outputs, features] : [features, outputs], stored),
      ...(kind === 'MatMul' ? [] : [bias]),
      Tensor.ofFloats('v', [outputs, 3], noise(outputs * 3, 0.3, 5)),
    ],
  });
}

/** Normal values around a mean that is not zero. */
const samples = (features: number, count: number, seed: number): SampleSource =>
  samplesOf(
    'x',
    [1, features],
    Array.from({ length: count }, (_, i) => noise(features, 1, seed * 7919 + i).map((v) => v + 0.5)),
  );

const small = { minWeights: 500 };

describe('low-rank factorisation', () => {
  it.each([
    ['Gemm', { features: 48, outputs: 32 }],
    ['Gemm transposed', { features: 40, outputs: 56 }],
    ['MatMul', { features: 24, outputs: 60 }],
    ['MatMul', { features: 60, outputs: 24 }],
  ] as const)('%s %j: finds the rank, and loses next to nothing on unseen samples', async (kind, shape) => {
    const model = layer(kind, shape, thinWeights(shape.features, shape.outputs, 4, 1e-3));
    const { model: thin, notes } = await factorizeLayers(model, samples(shape.features, 400, 1), small);
    expect(notes.layers).toEqual([
      {
        layer: 'wide',
        features: shape.features,
        outputs: shape.outputs,
        rank: 4,
        lostVariance: expect.any(Number) as unknown,
      },
    ]);
    expect(notes.layers[0]?.lostVariance).toBeLessThan(0.002);
    const before = shape.features * shape.outputs;
    const head = shape.outputs * 3;
    expect(notes.macsBefore).toBe(before + head);
    expect(notes.macsAfter).toBe(4 * (shape.features + shape.outputs) + head);
    const unseen = samples(shape.features, 100, 99);
    const distance = outputDistance(await answers(model, unseen), await answers(thin, unseen));
    expect(distance).toBeLessThan(0.005);
    expect(thin.graph.outputs).toEqual(model.graph.outputs);
  });

  it('names the products whose sides are too long, and leaves them', async () => {
    const shape = { features: 4, outputs: 5200 };
    const model = layer('MatMul', shape, noise(4 * 5200, 0.2, 6));
    const { notes } = await factorizeLayers(model, samples(4, 2, 1), small);
    expect(notes.layers).toEqual([]);
    expect(notes.tooLarge).toContain('wide');
  });

  it('needs no more directions than the inputs have, whatever the weights', async () => {
    const shape = { features: 40, outputs: 40 };
    const model = layer('Gemm', shape, noise(1600, 0.2, 6));
    const basis = normal(5 * 40, 1, 7);
    const flat = samplesOf(
      'x',
      [1, 40],
      Array.from({ length: 200 }, (_, i) =>
        Float32Array.from(multiply(normal(5, 1, 1000 + i), basis, 1, 5, 40)),
      ),
    );
    const { model: thin, notes } = await factorizeLayers(model, flat, { ...small, maxLostVariance: 1e-6 });
    expect(notes.layers[0]?.rank).toBe(5);
    expect(outputDistance(await answers(model, flat), await answers(thin, flat))).toBeLessThan(1e-4);
  });

  it('keeps a product whose outputs go in all directions, and then the whole model', async () => {
    const model = layer('Gemm', { features: 32, outputs: 32 }, noise(1024, 0.2, 8));
    const source = samples(32, 300, 1);
    const { model: same, notes } = await factorizeLayers(model, source, small);
    expect(notes.layers).toEqual([]);
    expect(notes.macsAfter).toBe(notes.macsBefore);
    expect(largestDifference(await answers(model, source), await answers(same, source))).toBeLessThan(1e-6);
  });

  it('loses no more than it may, and less where it may lose less', async () => {
    const model = layer('Gemm', { features: 48, outputs: 48 }, thinWeights(48, 48, 6, 0.05));
    const source = samples(48, 400, 1);
    const ranks: number[] = [];
    for (const maxLostVariance of [0.3, 0.1, 0.03]) {
      const { notes } = await factorizeLayers(model, source, { ...small, maxLostVariance });
      const [made] = notes.layers;
      expect(made?.lostVariance).toBeLessThanOrEqual(maxLostVariance);
      ranks.push(made?.rank ?? Infinity);
    }
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(ranks[0]).toBeLessThan(ranks[2] ?? 0);
  });

  it('leaves small products and named layers alone', async () => {
    const model = layer('Gemm', { features: 48, outputs: 32 }, thinWeights(48, 32, 4, 1e-3));
    const source = samples(48, 100, 1);
    for (const options of [{ minWeights: 10_000 }, { ...small, keepLayers: ['wide'] }])
      expect((await factorizeLayers(model, source, options)).notes.layers).toEqual([]);
  });

  it.each([
    ['maxLostVariance', 1],
    ['maxLostVariance', -0.1],
    ['minSaving', 1],
    ['minWeights', 0.5],
  ])('refuses %s %d', async (option, value) => {
    const model = layer('Gemm', { features: 4, outputs: 4 }, noise(16, 1, 1));
    await expect(factorizeLayers(model, samples(4, 4, 1), { [option]: value })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining(option) as unknown,
    });
  });

  it('refuses to judge by a single sample', async () => {
    const model = layer('Gemm', { features: 4, outputs: 4 }, noise(16, 1, 1));
    await expect(factorizeLayers(model, samples(4, 1, 1))).rejects.toMatchObject({ code: 'dataset-empty' });
  });
});
