import { describe, expect, it } from 'vitest';
import { attribute, createModel, Tensor, type OnnxModel } from '@hamon/onnx';
import { countMacs, macsByNode } from '../src/macs.js';

const zeros = (name: string, dims: readonly number[]): Tensor =>
  Tensor.ofFloats(name, dims, new Float32Array(dims.reduce((size, dim) => size * dim, 1)));

const mixed = (): OnnxModel =>
  createModel({
    inputs: { x: { dims: ['batch', 3, 8, 8] } },
    outputs: { y: { dims: ['batch', 5] } },
    initializers: [zeros('w', [4, 3, 3, 3]), zeros('d', [4, 1, 3, 3]), zeros('g', [5, 4])],
    nodes: [
      {
        opType: 'Conv',
        name: 'dense',
        inputs: ['x', 'w'],
        outputs: ['a'],
        attributes: { strides: attribute.ints([2, 2]), pads: attribute.ints([1, 1, 1, 1]) },
      },
      {
        opType: 'Conv',
        name: 'depthwise',
        inputs: ['a', 'd'],
        outputs: ['b'],
        attributes: { group: attribute.int(4), pads: attribute.ints([1, 1, 1, 1]) },
      },
      { opType: 'GlobalAveragePool', name: 'pool', inputs: ['b'], outputs: ['c'] },
      { opType: 'Flatten', name: 'flat', inputs: ['c'], outputs: ['e'] },
      {
        opType: 'Gemm',
        name: 'head',
        inputs: ['e', 'g'],
        outputs: ['y'],
        attributes: { transB: attribute.int(1) },
      },
    ],
  });

describe('countMacs', () => {
  it('counts convolutions, grouped ones and matrix products at batch 1', () => {
    const model = mixed();
    const named = [...macsByNode(model)].map(([{ name }, macs]) => [name, macs]);
    expect(named).toEqual([
      ['dense', 4 * 4 * 4 * 27],
      ['depthwise', 4 * 4 * 4 * 9],
      ['head', 20],
    ]);
    expect(countMacs(model)).toBe(1728 + 576 + 20);
  });

  it('refuses to guess lengths that the file leaves open', () => {
    const model = createModel({
      inputs: { x: { dims: ['batch', 'length', 4] } },
      outputs: { y: { dims: ['batch', 'length', 2] } },
      initializers: [zeros('w', [4, 2])],
      nodes: [{ opType: 'MatMul', name: 'project', inputs: ['x', 'w'], outputs: ['y'] }],
    });
    expect(() => countMacs(model)).toThrow('MatMul "project": the shape of tensor "y" is not known');
  });
});
