import { describe, expect, it } from 'vitest';
import {
  attribute,
  compactNames,
  createModel,
  dropInitializerInputs,
  exposeTensors,
  OnnxModel,
  readModel,
  simplify,
  Tensor,
  writeModel,
} from '../src/index.js';
import { runModels, waves } from './run-models.js';

const chooser = (): OnnxModel =>
  createModel({
    inputs: { x: { dims: [3] } },
    outputs: { y: { dims: [3] } },
    initializers: [
      Tensor.ofFloats('k', [3], [1, 2, 3]),
      Tensor.ofFloats('twin', [3], [1, 2, 3]),
      Tensor.of('yes', 'bool', [], Uint8Array.of(1)),
    ],
    nodes: [
      { opType: 'Identity', name: 'pass', inputs: ['x'], outputs: ['a_long_name'] },
      {
        opType: 'If',
        name: 'choice',
        inputs: ['yes'],
        outputs: ['chosen'],
        attributes: {
          then_branch: attribute.branch('Mul', ['a_long_name', 'k'], 'b'),
          else_branch: attribute.branch('Add', ['a_long_name', 'k'], 'c'),
        },
      },
      { opType: 'Add', inputs: ['chosen', 'twin'], outputs: ['y'] },
    ],
  });

describe('subgraphs', () => {
  it('hold on to the outer tensors that they use', () => {
    const { graph } = readModel(writeModel(chooser()));
    expect(graph.producerOf('chosen')?.captures).toEqual(['a_long_name', 'k']);
    expect(graph.isCaptured('a_long_name')).toBe(true);
    expect(graph.freshName('b')).toBe('b_1');
    expect(() => graph.renameTensor('k', 'other')).toThrow('used inside a subgraph');
    expect(() => graph.replaceUses('k', 'twin')).toThrow('used inside a subgraph');
    expect(graph.onlyUseOf('a_long_name')).toBeUndefined();
    expect(graph.onlyUseOf('twin')).toMatchObject({ index: 1 });
  });

  it('compute the same after simplification and shortening', async () => {
    const { model } = simplify(chooser());
    compactNames(model);
    expect(model.graph.producerOf('a_long_name')?.opType).toBe('Identity');
    const feeds = { x: waves([3]) };
    const [before, after] = await runModels(
      [chooser(), model].map((one) => ({ bytes: writeModel(one), feeds })),
    );
    expect(before?.error).toBeUndefined();
    expect(after?.outputs).toEqual(before?.outputs);
  });
});

describe('dropInitializerInputs', () => {
  const old = (): OnnxModel => {
    const model = createModel({
      inputs: { x: { dims: [3] } },
      outputs: { y: { dims: [3] } },
      initializers: [Tensor.ofFloats('k', [3], [1, 2, 3])],
      nodes: [
        { opType: 'Neg', inputs: ['k'], outputs: ['n'] },
        { opType: 'Add', inputs: ['x', 'n'], outputs: ['y'] },
      ],
      irVersion: 3,
      opset: 8,
    });
    const k = { name: 'k', dataType: 'float32' as const, dims: [3] };
    return readModel(
      writeModel(model.withGraph(model.graph.withInterface(model.graph.inputs, model.graph.outputs, [k]))),
    );
  };

  it('makes constants of initializers that were declared as inputs', async () => {
    const model = old();
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(model.graph.constantOf('k')).toBeUndefined();
    const dropped = dropInitializerInputs(model);
    expect([dropped.irVersion, dropped.graph.constantOf('k')?.ints === undefined]).toEqual([4, false]);
    const { model: simple, done } = simplify(model);
    expect(done.foldedConstants).toBe(1);
    const feeds = { x: waves([3]) };
    const [before, after] = await runModels(
      [model, simple].map((one) => ({ bytes: writeModel(one), feeds })),
    );
    expect(before?.error).toBeUndefined();
    expect(after?.outputs).toEqual(before?.outputs);
  });
});

describe('exposeTensors', () => {
  it('lets a runtime tell what is unknown here', async () => {
    const model = createModel({
      inputs: { x: { dims: [1, 2, 4] } },
      outputs: { y: { dims: [1, 2, 4] } },
      nodes: [
        { opType: 'FastGelu', domain: 'com.microsoft', inputs: ['x'], outputs: ['g'] },
        { opType: 'Relu', inputs: ['g'], outputs: ['y'] },
      ],
      domains: { 'com.microsoft': 1 },
    });
    const [run] = await runModels([
      { bytes: writeModel(exposeTensors(model, ['g'])), feeds: { x: waves([1, 2, 4]) } },
    ]);
    expect(run?.outputs?.['g']).toMatchObject({ type: 'float32', dims: [1, 2, 4] });
    expect(() => exposeTensors(model, ['x'])).toThrow('no node makes the tensor "x"');
  });
});
