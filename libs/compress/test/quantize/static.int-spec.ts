import { beforeAll, describe, expect, it } from 'vitest';
import { topIndex } from '@hamon/tasks';
import { createModel, readModel, Tensor, type OnnxModel } from '@hamon/onnx';
import { samplesOf, type LabelledSource, type SampleSource } from '../../src/dataset/sample-source.js';
import { finishVariant } from '../../src/quantize/finish-variant.js';
import type { StaticQuantizationOptions } from '../../src/quantize/options.js';
import { outputDistance } from '../../src/judge/output-distance.js';
import { equalize } from '../../src/quantize/static/equalize.js';
import { openStudy } from '../../src/quantize/static/open-study.js';
import { quantizeStatic } from '../../src/quantize/static/quantize-static.js';
import { prepareModel } from '../../src/quantize/prepare-model.js';
import { quantizeMixed } from '../../src/quantize/mixed/quantize-mixed.js';
import {
  answers,
  choiceOf,
  largestDifference,
  noise,
  smallNetwork,
  smallSamples,
  weight,
  yes,
} from './models.js';

const calibration = smallSamples(40);
const unseen = smallSamples(40, 77);
const quick: StaticQuantizationOptions = { calibrator: 'minmax', biasCorrection: 'off', equalization: 'off' };

describe('static quantization', () => {
  let reference: readonly Float32Array[];
  beforeAll(async () => {
    reference = await answers(smallNetwork(), unseen);
  });

  it.each<[string, StaticQuantizationOptions, number]>([
    ['as it comes', {}, 0.01],
    ['per tensor', { ...quick, granularity: 'per-tensor' }, 0.05],
    ['signed activations', { ...quick, activations: 's8' }, 0.05],
    ['symmetric signed activations', { ...quick, activations: 's8', symmetricActivations: true }, 0.05],
    ['seven-bit weights', { ...quick, reduceRange: true }, 0.05],
  ])('%s stays near the float model on unseen samples', async (_, options, bound) => {
    const { model, notes } = await quantizeStatic(smallNetwork(), calibration, options);
    expect(outputDistance(reference, await answers(model, unseen))).toBeLessThan(bound);
    expect(notes.quantizedLayers).toEqual(['stem', 'first', 'second', 'head']);
  });

  it('says the same as a file with short names, each integer node traced to its source', async () => {
    const { model } = await quantizeStatic(smallNetwork(), calibration, quick);
    const { bytes, nodeMap } = finishVariant('int8-static', model);
    const file = readModel(bytes);
    const [inMemory, written] = [await answers(model, unseen), await answers(file, unseen)];
    expect(largestDifference(inMemory, written)).toBe(0);
    const convolutions = file.graph.topological().filter((node) => node.is('Conv'));
    const traced = convolutions.map(({ outputs: [output = ''] }) => nodeMap[output]?.split(' + ')[0]);
    expect(traced).toEqual(['stem', 'first', 'second']);
    expect(file.graph.values.size).toBe(0);
    // Weights are int8 and biases int32 in the file; no Relu is left, saturation does its work.
    const types = [...file.graph.initializers.values()].filter(({ size }) => size > 8).map((t) => t.dataType);
    expect(new Set(types)).toEqual(new Set(['int8']));
    expect(file.graph.nodes.some((node) => node.is('Relu'))).toBe(false);
  });

  it('gives the same bytes for the same samples', async () => {
    const twice = [0, 1].map(() => quantizeStatic(smallNetwork(), calibration, {}));
    const [one, two] = await Promise.all(twice);
    if (one === undefined || two === undefined) throw new Error('two were made');
    expect(finishVariant('int8-static', one.model).bytes).toEqual(
      finishVariant('int8-static', two.model).bytes,
    );
    expect(one.notes).toEqual(two.notes);
  });

  it('keeps named layers float and what only they read', async () => {
    const { model, notes } = await quantizeStatic(smallNetwork(), calibration, {
      ...quick,
      keepFloat: ['head', 'second'],
    });
    expect(notes.quantizedLayers).toEqual(['stem', 'first']);
    expect(model.graph.initializers.get('w3')?.dataType).toBe('float32');
    expect(outputDistance(reference, await answers(model, unseen))).toBeLessThan(0.05);
  });

  it('quantizes an output of the graph under its own name', async () => {
    const model = createModel({
      inputs: { x: { dims: ['batch', 2, 8, 8] } },
      outputs: { y: { dims: ['batch', 3, 8, 8] } },
      nodes: [
        { opType: 'Conv', inputs: ['x', 'w'], outputs: ['y'] },
        { opType: 'Relu', inputs: ['y'], outputs: ['unread'] },
      ],
      initializers: [weight('w', [3, 2, 1, 1], 1, 1)],
    });
    const { model: quantized } = await quantizeStatic(model, calibration, quick);
    expect(quantized.graph.outputs.map(({ name }) => name)).toEqual(['y']);
    const [wanted, got] = [await answers(model, unseen), await answers(quantized, unseen)];
    expect(outputDistance(wanted, got)).toBeLessThan(0.01);
  });

  it('takes an inner tensor that is an output with open lengths too', async () => {
    const model = smallNetwork();
    model.graph.setOutputs([
      ...model.graph.outputs,
      { name: 'r1', dataType: 'float32', dims: ['batch', 'c', 'h', 'w'] },
    ]);
    const { model: quantized, notes } = await quantizeStatic(model, calibration, quick);
    expect(notes.quantizedLayers).toEqual(['stem', 'first', 'second', 'head']);
    expect(quantized.graph.outputs.map(({ name }) => name)).toEqual(['y', 'r1']);
    expect(outputDistance(reference, await answers(quantized, unseen))).toBeLessThan(0.05);
  });

  it.each([10, 11, 12])('takes a model of operator set %i', async (opset) => {
    const model = smallNetwork();
    model.opsets.set('', opset);
    const { model: quantized, notes } = await quantizeStatic(model, calibration, quick);
    expect(notes.quantizedLayers).toEqual(['stem', 'first', 'second', 'head']);
    const file = readModel(finishVariant('int8-static', quantized).bytes);
    expect(file.opset).toBe(13);
    expect(outputDistance(reference, await answers(file, unseen))).toBeLessThan(0.05);
  });

  it('takes layers around what a subgraph reads by name', async () => {
    for (const captured of ['x', 'c0', 'r0', 'c1', 'r1']) {
      const model = smallNetwork();
      const { graph } = model;
      graph.addInitializer(yes);
      graph.addNode(choiceOf(captured, 'chosen'));
      graph.setOutputs([
        ...graph.outputs,
        { name: 'chosen', dataType: 'float32', dims: ['b', 'c', 'h', 'w'] },
      ]);
      const { model: quantized, notes } = await quantizeStatic(model, calibration, quick);
      expect(notes.quantizedLayers.length).toBeGreaterThanOrEqual(3);
      expect(outputDistance(reference, await answers(quantized, unseen))).toBeLessThan(0.05);
    }
  });

  it('takes a constant operand of a million numbers', async () => {
    const wide = weight('k', [1, 1, 512, 512], 1, 3);
    const model = createModel({
      inputs: { x: { dims: ['batch', 1, 512, 512] } },
      outputs: { y: { dims: ['batch', 2, 512, 512] } },
      nodes: [
        { opType: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
        { opType: 'Mul', inputs: ['c', 'k'], outputs: ['m'] },
        { opType: 'Conv', inputs: ['m', 'v'], outputs: ['y'] },
      ],
      initializers: [wide, weight('w', [4, 1, 1, 1], 1, 1), weight('v', [2, 4, 1, 1], 1, 2)],
    });
    const samples = samplesOf('x', [1, 1, 512, 512], [noise(512 * 512, 1, 1), noise(512 * 512, 1, 2)]);
    const { model: quantized } = await quantizeStatic(model, samples, quick);
    const distance = outputDistance(await answers(model, samples), await answers(quantized, samples));
    expect(distance).toBeLessThan(0.01);
    expect(
      [...quantized.graph.initializers.values()].some(
        ({ dataType, size }) => dataType === 'uint8' && size === wide.size,
      ),
    ).toBe(true);
  });

  it('survives tiny weights beside a large bias', async () => {
    const model = createModel({
      inputs: { x: { dims: ['batch', 16] } },
      outputs: { y: { dims: ['batch', 4] } },
      nodes: [{ opType: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['y'] }],
      initializers: [weight('w', [16, 4], 1e-9, 1), Tensor.ofFloats('b', [4], [1000, -2000, 3, 4])],
    });
    const samples = samplesOf('x', [1, 16], [noise(16, 1e-3, 1), noise(16, 1e-3, 2)]);
    const { model: quantized } = await quantizeStatic(model, samples, quick);
    const [got] = await answers(quantized, samples);
    expect(got?.[0]).toBeCloseTo(1000, 1);
    expect(got?.[1]).toBeCloseTo(-2000, 1);
  });
});

it.each<['u8' | 's8', number]>([
  ['s8', 0],
  ['u8', 128],
])('symmetric %s activations have zero in the middle', async (activations, middle) => {
  const options = { ...quick, activations, symmetricActivations: true };
  const { model } = await quantizeStatic(smallNetwork(), calibration, options);
  const zeros = model.graph.nodes
    .filter((node) => node.is('QuantizeLinear'))
    .map(({ inputs: [, , zero = ''] }) => model.graph.constantOf(zero)?.ints()[0]);
  // In unsigned integers, what is never negative uses all of them.
  expect(new Set(zeros)).toEqual(new Set(activations === 's8' ? [middle] : [0, middle]));
});

describe('cross-layer equalization', () => {
  const spread = (model: OnnxModel): number => {
    const weights = model.graph.initializers.get('w1')?.floats() ?? [];
    const peaks = Array.from({ length: 8 }, (_, channel) =>
      Math.max(...Array.from(weights.slice(channel * 72, channel * 72 + 72), Math.abs)),
    );
    return Math.max(...peaks) / Math.min(...peaks);
  };

  it('evens out the channels and computes the same', async () => {
    const uneven = prepareModel(smallNetwork({ outlier: 1000 }));
    const { model, pairs } = equalize(uneven);
    expect(pairs).toBe(1);
    expect(spread(uneven)).toBeGreaterThan(300);
    expect(spread(model)).toBeLessThan(20);
    const [before, after] = [await answers(uneven, unseen), await answers(model, unseen)];
    expect(largestDifference(before, after)).toBeLessThan(1e-4);
  });

  it('leaves a layer alone whose bias is one number for all channels', async () => {
    const model = createModel({
      inputs: { x: { dims: ['batch', 32] } },
      outputs: { y: { dims: ['batch', 4] } },
      nodes: [
        { opType: 'Gemm', inputs: ['x', 'w1', 'b1'], outputs: ['g'] },
        { opType: 'Relu', inputs: ['g'], outputs: ['r'] },
        { opType: 'Gemm', inputs: ['r', 'w2'], outputs: ['y'] },
      ],
      initializers: [
        Tensor.ofFloats(
          'w1',
          [32, 16],
          noise(512, 0.2, 1).map((value, index) => value * Math.exp((index % 16) / 4)),
        ),
        Tensor.ofFloats('b1', [1], [1.5]),
        weight('w2', [16, 4], 0.3, 2),
      ],
    });
    const vectors = samplesOf('x', [1, 32], [noise(32, 1, 3), noise(32, 1, 4)]);
    const { model: equal, pairs } = equalize(model);
    expect(pairs).toBe(0);
    expect(largestDifference(await answers(model, vectors), await answers(equal, vectors))).toBe(0);
    // Prepared, it has a bias per channel, as other layers.
    const { model: spread, pairs: found } = equalize(prepareModel(model));
    expect(found).toBe(1);
    expect(largestDifference(await answers(model, vectors), await answers(spread, vectors))).toBeLessThan(
      1e-4,
    );
    const { notes } = await quantizeStatic(model, vectors, quick);
    expect(notes.quantizedLayers.length).toBe(2);
  });

  it('is judged by the outputs of the original, so that a fault of its own would show', async () => {
    const original = smallNetwork();
    const study = openStudy(original, calibration, quick);
    const bent = study.model.clone();
    bent.graph.setInitializer(weight('w3', [8, 4], 1.5, 50));
    const { distance } = await study.comparison.fidelityOf(bent);
    const [wanted, got] = [
      await answers(original, study.comparison.samples),
      await answers(bent, study.comparison.samples),
    ];
    expect(distance).toBe(outputDistance(wanted, got));
    expect(distance).toBeGreaterThan(0.1);
  });

  it('rescues what a lone large channel ruins', async () => {
    const sensitive = smallNetwork({ outlier: 3000 });
    const without = await quantizeStatic(sensitive, calibration, quick);
    const chosen = await quantizeStatic(sensitive, calibration, { ...quick, equalization: 'auto' });
    expect(chosen.notes.equalization).toBe(true);
    expect(chosen.notes.judgement.distance).toBeLessThan(without.notes.judgement.distance / 10);
  });
});

describe('mixed precision', () => {
  const sensitive = (): OnnxModel => smallNetwork({ outlier: 30_000 });
  const floor = { minAgreement: 0.95, maxDistance: 0.02 };

  it('holds the floor that full int8 breaks, with the layers that hurt in float', async () => {
    const { model, notes } = await quantizeMixed(sensitive(), calibration, { ...quick, floor });
    expect(notes.allInteger.distance).toBeGreaterThan(floor.maxDistance);
    expect(notes.judgement.distance).toBeLessThanOrEqual(floor.maxDistance);
    expect(notes.judgement.agreement).toBeGreaterThanOrEqual(floor.minAgreement);
    expect(notes.floatLayers.length).toBeGreaterThan(0);
    expect(notes.floatLayers.every((layer) => ['first', 'second'].includes(layer))).toBe(true);
    expect(notes.quantizedLayers).toEqual(expect.arrayContaining(['stem', 'head']));
    expect(notes.sensitivity.slice(0, 2).map(({ layer }) => layer)).toEqual(
      expect.arrayContaining(['first', 'second']),
    );
    const [wanted, got] = [await answers(sensitive(), unseen), await answers(model, unseen)];
    expect(outputDistance(wanted, got)).toBeLessThan(2 * floor.maxDistance);
  });

  it('reaches an accuracy that full int8 does not, on unseen samples too', async () => {
    // The float model's own answers are the right ones, so that it is right always.
    const labelled = async (source: SampleSource): Promise<LabelledSource> => {
      const right = (await answers(sensitive(), source)).map(topIndex);
      return { ...source, labels: ['a', 'b', 'c', 'd'], labelOf: (index) => right[index] ?? -1 };
    };
    const [known, test] = [await labelled(smallSamples(120)), await labelled(smallSamples(120, 77))];
    const accuracyOf = async (model: OnnxModel): Promise<number> => {
      const found = (await answers(model, test)).map(topIndex);
      return found.filter((answer, index) => answer === test.labelOf(index)).length / found.length;
    };
    const byAccuracy = { maxAccuracyDrop: 0.03, minAgreement: 0, maxDistance: Infinity };
    const { model, notes } = await quantizeMixed(sensitive(), known, { ...quick, floor: byAccuracy });
    const whole = await quantizeStatic(sensitive(), known, quick);
    expect(notes.reference.accuracy).toBe(1);
    expect(notes.allInteger.accuracy).toBeLessThan(0.97);
    expect(notes.judgement.accuracy).toBeGreaterThanOrEqual(0.97);
    expect(await accuracyOf(whole.model)).toBeLessThan(0.95);
    expect(await accuracyOf(model)).toBeGreaterThan(0.95);
    expect(notes.quantizedLayers.length).toBeGreaterThan(0);
  });

  it('is plain int8 where that holds the floor', async () => {
    const { notes } = await quantizeMixed(smallNetwork(), calibration, {
      ...quick,
      floor: { maxDistance: 0.5, minAgreement: 0.5 },
    });
    expect(notes.floatLayers).toEqual([]);
    expect(notes.quantizedLayers.length).toBe(4);
  });

  it('is the float model where no rounding at all is allowed', async () => {
    const { model, notes } = await quantizeMixed(smallNetwork(), calibration, {
      ...quick,
      floor: { maxDistance: 0 },
    });
    expect(notes.quantizedLayers).toEqual([]);
    expect(
      largestDifference(await answers(smallNetwork(), unseen), await answers(model, unseen)),
    ).toBeLessThan(1e-5);
  });
});
