import { describe, expect, it } from 'vitest';
import {
  attribute,
  compactNames,
  createModel,
  requireOperators,
  Tensor,
  type OnnxModel,
} from '../src/index.js';

const chain = (): OnnxModel =>
  createModel({
    inputs: { x: { dims: [2] } },
    outputs: { y: { dims: [2] } },
    initializers: [Tensor.ofFloats('one', [2], [1, 1])],
    nodes: [
      { opType: 'Add', name: 'first', inputs: ['x', 'one'], outputs: ['a'] },
      { opType: 'Mul', name: 'second', inputs: ['a', 'a'], outputs: ['b'] },
      { opType: 'Add', name: 'third', inputs: ['b', 'one'], outputs: ['y'] },
    ],
  });

describe('Graph', () => {
  it('knows producers and every use', () => {
    const { graph } = chain();
    expect(graph.producerOf('b')?.name).toBe('second');
    expect(graph.usesOf('a').map(({ node, index }) => [node.name, index])).toEqual([
      ['second', 0],
      ['second', 1],
    ]);
    expect(graph.consumersOf('one').map(({ name }) => name)).toEqual(['first', 'third']);
  });

  it('lets a node be put between a tensor and its readers', () => {
    const { graph } = chain();
    const name = graph.freshName('a');
    const inserted = graph.addNode({
      opType: 'Relu',
      inputs: ['a'],
      outputs: [name],
      from: [graph.producerOf('a')!],
    });
    graph.replaceUses('a', name, ({ node }) => node !== inserted);
    expect(name).toBe('a_1');
    expect(graph.topological().map(({ opType }) => opType)).toEqual(['Add', 'Relu', 'Mul', 'Add']);
    expect(inserted.sources).toEqual(['first']);
  });

  it('refuses a second origin for a tensor', () => {
    const { graph } = chain();
    expect(() => graph.addNode({ opType: 'Relu', inputs: ['x'], outputs: ['a'] })).toThrow(
      '"a" would have two origins',
    );
    expect(() => graph.addInitializer(Tensor.ofFloats('x', [], [1]))).toThrow('"x" would have two origins');
  });

  it('keeps the names of its interface', () => {
    const { graph } = chain();
    expect(() => graph.renameTensor('y', 'z')).toThrow('keeps its name');
    graph.renameTensor('a', 'renamed');
    expect(graph.producerOf('renamed')?.name).toBe('first');
    expect(graph.usesOf('renamed')).toHaveLength(2);
    expect(graph.producerOf('a')).toBeUndefined();
  });

  it('is independent of its clone', () => {
    const model = chain();
    const copy = model.clone();
    copy.graph.removeNode(copy.graph.producerOf('b')!);
    copy.graph.setInitializer(Tensor.ofFloats('one', [2], [9, 9]));
    expect(model.graph.nodeCount).toBe(3);
    expect([...(model.graph.initializers.get('one')?.floats() ?? [])]).toEqual([1, 1]);
  });

  it('sorts ten thousand nodes that were added backwards', () => {
    const count = 10_000;
    const nodes = Array.from({ length: count }, (_, at) => ({
      opType: 'Relu',
      inputs: [at === 0 ? 'x' : `t${at - 1}`],
      outputs: [at === count - 1 ? 'y' : `t${at}`],
    }));
    const { graph } = createModel({
      inputs: { x: { dims: [1] } },
      outputs: { y: { dims: [1] } },
      nodes: nodes.reverse(),
    });
    expect(graph.topological().map((node) => node.outputs[0])[5]).toBe('t5');
  });

  it('refuses an attribute of another type by name', () => {
    const { graph } = createModel({
      inputs: { x: { dims: [2] } },
      outputs: { y: { dims: [2] } },
      nodes: [
        {
          opType: 'Softmax',
          name: 's',
          inputs: ['x'],
          outputs: ['y'],
          attributes: { axis: attribute.string('x') },
        },
      ],
    });
    expect(() => graph.nodes[0]?.int('axis')).toThrow(
      'attribute "axis" of Softmax "s" is STRING, should be INT',
    );
  });
});

describe('requireOperators', () => {
  it('names what it does not know', () => {
    expect(() => requireOperators(chain(), new Set(['Add']), 'pruning')).toThrow(
      'pruning does not know the operator Mul (Mul "second")',
    );
  });
});

describe('compactNames', () => {
  it('shortens and leads back to the source', () => {
    const { graph } = createModel({
      inputs: { x: { dims: [2] } },
      outputs: { y: { dims: [2] } },
      initializers: [Tensor.ofFloats('layer.weight', [2], [1, 2])],
      nodes: [
        {
          opType: 'Mul',
          name: '/layer/Mul',
          inputs: ['x', 'layer.weight'],
          outputs: ['/layer/Mul_output_0'],
        },
        { opType: 'Relu', name: '/act/Relu', inputs: ['/layer/Mul_output_0'], outputs: ['y'] },
      ],
    });
    const model = chain().withGraph(graph);
    const { nodes, tensors } = compactNames(model);
    expect(tensors).toEqual({ a: 'layer.weight', b: '/layer/Mul_output_0' });
    expect(nodes).toEqual([
      { opType: 'Mul', output: 'b', sources: ['/layer/Mul'] },
      { opType: 'Relu', output: 'y', sources: ['/act/Relu'] },
    ]);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['', '']);
  });
});
