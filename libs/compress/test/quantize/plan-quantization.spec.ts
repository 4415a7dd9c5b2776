import { describe, expect, it } from 'vitest';
import { attribute, createModel, type NewNode, type OnnxModel } from '@hamon/onnx';
import { planQuantization } from '../../src/quantize/static/plan-quantization.js';
import { prepareModel } from '../../src/quantize/prepare-model.js';
import { choiceOf, smallNetwork, weight } from './models.js';

const kernel = { kernel_shape: attribute.ints([1, 1]) };
const conv = (from: string, to: string): NewNode => ({
  opType: 'Conv',
  inputs: [from, 'w'],
  outputs: [to],
  attributes: kernel,
});
const network = (nodes: readonly NewNode[]): OnnxModel =>
  createModel({
    inputs: { x: { dims: ['batch', 2, 4, 4] } },
    outputs: { y: { dims: ['batch', 2, 4, 4] } },
    nodes,
    initializers: [weight('w', [2, 2, 1, 1], 1, 1)],
  });
const planOf = (model: OnnxModel, ...float: string[]) =>
  planQuantization(model.graph, (node) => float.includes(node.outputs[0] ?? ''));

describe('the plan of what becomes integers', () => {
  it('takes layers, what lies between them, and the clamps that saturation replaces', () => {
    const plan = planOf(prepareModel(smallNetwork()));
    expect([...plan.nodes].sort()).toEqual(['a', 'c0', 'c1', 'c2', 'm', 'm_pooled', 'scores']);
    expect(plan.layers).toEqual(['c0', 'c1', 'c2', 'scores']);
    expect([...plan.clamps].sort()).toEqual(['r0', 'r1']);
    // The last product is read by Softmax in floats; Flatten shares the range of the mean before it.
    expect(plan.tensors.has('scores')).toBe(false);
    expect(plan.tensors.get('m')).toBe('m_pooled');
    expect(plan.tensors.get('x')).toBe('x');
  });

  it('leaves an addition float where one side is', () => {
    const plan = planOf(prepareModel(smallNetwork()), 'c2');
    expect(plan.nodes.has('a')).toBe(false);
    expect(plan.nodes.has('c2')).toBe(false);
    expect(plan.layers).toEqual(['c0', 'c1', 'scores']);
    // The head is still quantized, so its input gets a range of its own.
    expect(plan.tensors.get('m_pooled') ?? plan.tensors.get('m')).toBeDefined();
  });

  it('moves quantization in front of a Transpose that only a layer reads', () => {
    const model = createModel({
      inputs: { x: { dims: [1, 4, 4, 2] } },
      outputs: { y: { dims: [1, 2, 4, 4] } },
      nodes: [
        {
          opType: 'Transpose',
          inputs: ['x'],
          outputs: ['t'],
          attributes: { perm: attribute.ints([0, 3, 1, 2]) },
        },
        conv('t', 'y'),
      ],
      initializers: [weight('w', [2, 2, 1, 1], 1, 1)],
    });
    const plan = planOf(model);
    expect(plan.nodes.has('t')).toBe(true);
    expect(plan.tensors.get('t')).toBe('x');
  });

  it('keeps a Relu whose input others read too, and does not quantize for floats alone', () => {
    const plan = planOf(
      network([
        conv('x', 'c'),
        { opType: 'Relu', inputs: ['c'], outputs: ['r'] },
        { opType: 'Exp', inputs: ['c'], outputs: ['e'] },
        { opType: 'Add', inputs: ['r', 'e'], outputs: ['y'] },
      ]),
    );
    expect(plan.clamps.size).toBe(0);
    expect([...plan.nodes]).toEqual(['c']);
    expect(plan.tensors.get('c')).toBe('c');
  });

  it('leaves what a subgraph reads by name float, and the layers around it integers', () => {
    const model = network([
      conv('x', 'c'),
      { opType: 'Relu', inputs: ['c'], outputs: ['r'] },
      conv('r', 'd'),
      choiceOf('r', 'i'),
      { opType: 'Add', inputs: ['d', 'i'], outputs: ['y'] },
    ]);
    const plan = planOf(model);
    expect([...plan.nodes]).toEqual(['c', 'd']);
    expect(plan.clamps.size).toBe(0);
    const captured = network([conv('x', 'c'), choiceOf('c', 'i'), conv('i', 'y')]);
    expect([...planOf(captured).nodes]).toEqual(['y']);
  });

  it('has nothing to do where all layers stay float', () => {
    const plan = planOf(network([conv('x', 'c'), { opType: 'Relu', inputs: ['c'], outputs: ['y'] }]), 'c');
    expect(plan.nodes.size + plan.tensors.size + plan.clamps.size).toBe(0);
  });
});
