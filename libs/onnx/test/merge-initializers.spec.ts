import { describe, expect, it } from 'vitest';
import { createModel, mergeInitializers, Tensor } from '../src/index.js';

describe('merging equal initializers', () => {
  it('makes one of those that are equal in type, shape and bits', () => {
    const model = createModel({
      inputs: { x: { dims: [2] } },
      outputs: { y: { dims: [2] } },
      nodes: [
        { opType: 'Add', inputs: ['x', 'one'], outputs: ['a'] },
        { opType: 'Add', inputs: ['a', 'same'], outputs: ['b'] },
        { opType: 'Add', inputs: ['b', 'shaped'], outputs: ['y'] },
      ],
      initializers: [
        Tensor.ofFloats('one', [2], [1, 1]),
        Tensor.ofFloats('same', [2], [1, 1]),
        Tensor.ofFloats('shaped', [1, 2], [1, 1]),
      ],
    });
    expect(mergeInitializers(model)).toBe(1);
    expect([...model.graph.initializers.keys()]).toEqual(['one', 'shaped']);
  });

  it('leaves each int8 weight its own bytes and zero points, which onnxruntime shifts under names made of theirs', () => {
    const layer = (at: number, from: string, to: string) => [
      {
        opType: 'DequantizeLinear',
        inputs: [`w${at}`, 'scale', `zero${at}`],
        outputs: [`float${at}`],
      },
      { opType: 'MatMul', inputs: [from, `float${at}`], outputs: [to] },
    ];
    const int8 = (name: string, dims: readonly number[]): Tensor =>
      Tensor.of(name, 'int8', dims, new Int8Array(dims.reduce((product, dim) => product * dim, 1)));
    const model = createModel({
      inputs: { x: { dims: [1, 2] } },
      outputs: { y: { dims: [1, 2] } },
      nodes: [...layer(1, 'x', 'a'), ...layer(2, 'a', 'y')],
      initializers: [
        ...[int8('w1', [2, 2]), int8('w2', [2, 2]), int8('zero1', []), int8('zero2', [])],
        Tensor.ofFloats('scale', [], [0.1]),
      ],
    });
    expect(mergeInitializers(model)).toBe(0);
  });
});
