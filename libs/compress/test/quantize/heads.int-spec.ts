import { beforeAll, describe, expect, it } from 'vitest';
import type { Tensors } from '@hamon/tasks';
import { attribute, createModel, Tensor, type NewNode, type OnnxModel } from '@hamon/onnx';
import { countedOutputs } from '../../src/dataset/run-samples.js';
import type { SampleSource } from '../../src/dataset/sample-source.js';
import { OutputDistance } from '../../src/judge/output-distance.js';
import { quantizeMixed } from '../../src/quantize/mixed/quantize-mixed.js';
import { quantizeStatic } from '../../src/quantize/static/quantize-static.js';
import { TensorSession } from '../../src/runtime/tensor-session.js';
import { noise, smallSamples, weight } from './models.js';

const padded = { kernel_shape: attribute.ints([3, 3]), pads: attribute.ints([1, 1, 1, 1]) };
const BOXES = 4;
const LABELS = 3;

/** Weights of four channels of pixels, of three of scores between them, or of both. */
function headWeights(name: string, channels: 'boxes' | 'scores' | 'both'): Tensor {
  const boxes = noise(BOXES * 8, 40, 5);
  const scores = noise(LABELS * 8, 0.05, 6);
  const values = { boxes, scores, both: Float32Array.from([...boxes, ...scores]) }[channels];
  return Tensor.ofFloats(name, [values.length / 8, 8, 1, 1], values);
}

/** A backbone of two convolutions and a head of one convolution, or of two whose results are put together at the end. */
function detector(head: 'one' | 'two'): OnnxModel {
  const heads: NewNode[] =
    head === 'one'
      ? [{ opType: 'Conv', name: 'head', inputs: ['r1', 'whole'], outputs: ['raw'] }]
      : [
          { opType: 'Conv', name: 'boxes', inputs: ['r1', 'pixels'], outputs: ['b'] },
          { opType: 'Conv', name: 'scores', inputs: ['r1', 'labels'], outputs: ['s'] },
          { opType: 'Concat', inputs: ['b', 's'], outputs: ['raw'], attributes: { axis: attribute.int(1) } },
        ];
  return createModel({
    inputs: { x: { dims: [1, 2, 8, 8] } },
    outputs: { y: { dims: [1, BOXES + LABELS, 64] } },
    nodes: [
      { opType: 'Conv', name: 'stem', inputs: ['x', 'w0', 'b0'], outputs: ['c0'], attributes: padded },
      { opType: 'Relu', inputs: ['c0'], outputs: ['r0'] },
      { opType: 'Conv', name: 'body', inputs: ['r0', 'w1', 'b1'], outputs: ['c1'], attributes: padded },
      { opType: 'Relu', inputs: ['c1'], outputs: ['r1'] },
      ...heads,
      { opType: 'Reshape', inputs: ['raw', 'shape'], outputs: ['y'] },
    ],
    initializers: [
      weight('w0', [8, 2, 3, 3], 0.4, 1),
      weight('b0', [8], 0.1, 2),
      weight('w1', [8, 8, 3, 3], 0.2, 3),
      weight('b1', [8], 0.1, 4),
      headWeights('whole', 'both'),
      headWeights('pixels', 'boxes'),
      headWeights('labels', 'scores'),
      Tensor.of('shape', 'int64', [3], BigInt64Array.of(1n, BigInt(BOXES + LABELS), 64n)),
    ],
  });
}

async function outputsOf(model: OnnxModel, samples: SampleSource): Promise<readonly Tensors[]> {
  const session = await TensorSession.open(model, { threads: 1 });
  try {
    const all: Tensors[] = [];
    for await (const outputs of countedOutputs(session, samples)) all.push(outputs);
    return all;
  } finally {
    await session.close();
  }
}

/** Squared error of the channels from `first` on, over their own variance around zero. */
function errorFrom(first: number, original: readonly Tensors[], found: readonly Tensors[]): number {
  let [error, squares] = [0, 0];
  original.forEach((outputs, sample) => {
    const values = outputs.get('y')?.data ?? new Float32Array(0);
    for (let at = first * 64; at < values.length; at += 1) {
      error += ((values[at] as number) - (found[sample]?.get('y')?.data[at] as number)) ** 2;
      squares += (values[at] as number) ** 2;
    }
  });
  return error / squares;
}

describe('static int8 of a detector', () => {
  const calibration = smallSamples(48);
  const unseen = smallSamples(24, 99);
  const quick = { calibrator: 'minmax', biasCorrection: 'off', equalization: 'off' } as const;
  let original: readonly Tensors[];
  beforeAll(async () => {
    original = await outputsOf(detector('one'), unseen);
  });

  it('leaves the head float whose one scale ruins the scores, and nothing else', async () => {
    const { model, notes } = await quantizeStatic(detector('one'), calibration, quick);
    expect(notes.floatHeads).toEqual(['head']);
    expect(notes.quantizedLayers).toEqual(['stem', 'body']);
    expect(errorFrom(BOXES, original, await outputsOf(model, unseen))).toBeLessThan(0.01);
  });

  it('would have lost the scores, and not noticed by the tensor as a whole', async () => {
    const { notes } = await quantizeStatic(detector('one'), calibration, quick);
    const [allInteger] = notes.candidates;
    expect(allInteger?.distance).toBeGreaterThan(10 * notes.judgement.distance);
    expect(allInteger?.distance).toBeGreaterThan(0.2);
  });

  it('keeps a head in integers where boxes and scores have a scale each', async () => {
    const { model, notes } = await quantizeStatic(detector('two'), calibration, quick);
    expect(notes.floatHeads).toEqual([]);
    expect(notes.quantizedLayers).toEqual(['stem', 'body', 'boxes', 'scores']);
    expect(errorFrom(BOXES, original, await outputsOf(model, unseen))).toBeLessThan(0.01);
  });

  it('is the start of mixed precision, which asks nothing of labels that the model does not give', async () => {
    const { notes } = await quantizeMixed(detector('one'), calibration, {
      ...quick,
      floor: { maxDistance: 0.02 },
    });
    expect(notes.floatHeads).toEqual(['head']);
    expect(notes.floatLayers).toEqual([]);
    expect(notes.judgement.agreement).toBeUndefined();
  });
});

describe('the distance between outputs', () => {
  const tensor = (dims: readonly number[], data: readonly number[]) => ({
    dims,
    data: Float32Array.from(data),
  });
  const channels = (scores: readonly number[]) =>
    tensor([1, 2, 40], [...Array.from({ length: 40 }, (_, at) => 2.5 * at), ...scores]);
  const scores = Array.from({ length: 40 }, (_, at) => (at % 5) / 5);

  it('is that of the output that is furthest off', () => {
    const distance = new OutputDistance();
    const y = channels(scores);
    const good: Tensors = new Map([
      ['y', y],
      ['z', tensor([1, 3], [1, 2, 3])],
    ]);
    distance.add(
      good,
      new Map([
        ['y', y],
        ['z', tensor([1, 3], [1, 2, 9])],
      ]),
    );
    expect(distance.distance).toBeGreaterThan(1);
    const lacking = new OutputDistance();
    lacking.add(good, new Map([['y', y]]));
    expect(lacking.distance).toBe(Infinity);
  });

  it('counts each channel by its own variance', () => {
    const distance = new OutputDistance();
    distance.add(new Map([['y', channels(scores)]]), new Map([['y', channels(scores.map(() => 0.4))]]));
    // Half of the channels tell nothing any longer.
    expect(distance.distance).toBeCloseTo(0.5, 6);
  });
});
