import { describe, expect, it } from 'vitest';
import { attribute, createModel, Tensor, type NewNode, type OnnxModel } from '@hamon/onnx';
import { countMacs } from '../../src/macs.js';
import { prune } from '../../src/prune/prune.js';
import { learnOpenShapes } from '../../src/source/learn-open-shapes.js';
import { outputDistance } from '../../src/judge/output-distance.js';
import { answers, smallSamples, weight } from '../quantize/models.js';

const kernel = { kernel_shape: attribute.ints([3, 3]), pads: attribute.ints([1, 1, 1, 1]) };
const conv = (from: string, at: number): NewNode => ({
  opType: 'Conv',
  name: `conv${at}`,
  inputs: [from, `w${at}`],
  outputs: [`c${at}`],
  attributes: kernel,
});
const head: NewNode[] = [
  { opType: 'GlobalAveragePool', inputs: ['c2'], outputs: ['g'] },
  { opType: 'Flatten', inputs: ['g'], outputs: ['f'] },
  { opType: 'Gemm', name: 'head', inputs: ['f', 'v'], outputs: ['scores'] },
  { opType: 'Softmax', inputs: ['scores'], outputs: ['y'] },
];

/** Convolutions around an operator that inference has no rule for. */
const hidden = (between: readonly NewNode[], batch: number | string | null = 'batch'): OnnxModel =>
  createModel({
    inputs: { x: { dims: [batch, 2, 8, 8] } },
    outputs: { y: { dims: [batch, 4] } },
    nodes: [
      conv('x', 0),
      ...between,
      conv('e', 1),
      { opType: 'Relu', inputs: ['c1'], outputs: ['r1'] },
      conv('r1', 2),
      ...head,
    ],
    initializers: [
      weight('w0', [16, 2, 3, 3], 0.3, 1),
      weight('w1', [16, 16, 3, 3], 0.2, 2),
      weight('w2', [16, 16, 3, 3], 0.2, 3),
      weight('v', [16, 4], 1, 4),
      Tensor.ofInts('folded', [4], [1, -1, 8, 8]),
    ],
  });
const einsum: NewNode[] = [
  {
    opType: 'Einsum',
    inputs: ['c0', 'c0'],
    outputs: ['e'],
    attributes: { equation: attribute.string('bchw,bchw->bchw') },
  },
];

describe('shapes that no rule tells', () => {
  it.each([['batch'], [null], [1]])(
    'are learned from the runtime, the batch %s among them',
    async (batch) => {
      const learned = await learnOpenShapes(hidden(einsum, batch));
      expect(learned.graph.valueOf('e')?.dims).toEqual([batch ?? 'batch', 16, 8, 8]);
      expect(learned.graph.valueOf('c2')?.dims).toEqual([batch ?? 'batch', 16, 8, 8]);
      expect(countMacs(learned)).toBe(64 * 9 * (2 * 16 + 16 * 16 + 16 * 16) + 16 * 4);
    },
  );

  it('let pruning reach what lies behind', async () => {
    const model = await learnOpenShapes(hidden(einsum));
    const { model: pruned, notes } = await prune(model, smallSamples(24), { macsReduction: 0.2 });
    expect(notes.macsAfter).toBeLessThanOrEqual(0.8 * notes.macsBefore);
    const samples = smallSamples(8, 77);
    expect(outputDistance(await answers(model, samples), await answers(pruned, samples))).toBeLessThan(1);
  });

  it('stay open where they depend on values', async () => {
    const model = hidden([
      ...einsum.map((node) => ({ ...node, outputs: ['p'] })),
      { opType: 'NonZero', inputs: ['p'], outputs: ['where'] },
      {
        opType: 'Einsum',
        inputs: ['p'],
        outputs: ['e'],
        attributes: { equation: attribute.string('bchw->bchw') },
      },
    ]);
    model.graph.setOutputs([...model.graph.outputs, { name: 'where', dataType: 'int64', dims: [4, null] }]);
    const learned = await learnOpenShapes(model);
    expect(learned.graph.valueOf('where')?.dims?.[1]).toBeNull();
    expect(learned.graph.valueOf('e')?.dims).toEqual(['batch', 16, 8, 8]);
  });

  it('cost nothing where all are known', async () => {
    const model = hidden([{ opType: 'Relu', inputs: ['c0'], outputs: ['e'] }]);
    expect(await learnOpenShapes(model)).toBe(model);
  });
});
