import { beforeAll, describe, expect, it } from 'vitest';
import {
  attribute,
  createModel,
  simplify,
  Tensor,
  writeModel,
  type ModelSpec,
  type OnnxModel,
  type Simplification,
} from '../src/index.js';
import { runModels, waves, type RunResult } from './run-models.js';

interface Case {
  readonly what: string;
  readonly spec: ModelSpec;
  /** Operators left after simplification. */
  readonly left: readonly string[];
  readonly done?: Partial<Simplification>;
}

const { int, ints, float, tensor } = attribute;
const image = { x: { dims: [2, 3, 5, 4] } };
const numbers = (name: string, dims: readonly number[], phase = 0): Tensor =>
  Tensor.ofFloats(name, dims, waves(dims, phase).data as Float32Array);
const positive = (name: string, dims: readonly number[]): Tensor =>
  Tensor.ofFloats(
    name,
    dims,
    Float32Array.from(numbers(name, dims).floats(), (value) => Math.abs(value) + 0.5),
  );
const nhwc = (input: string, output: string) => ({
  opType: 'Transpose',
  inputs: [input],
  outputs: [output],
  attributes: { perm: ints([0, 2, 3, 1]) },
});
const nchw = (input: string, output: string) => ({
  opType: 'Transpose',
  inputs: [input],
  outputs: [output],
  attributes: { perm: ints([0, 3, 1, 2]) },
});
const op = (opType: string, inputs: readonly string[], output: string) => ({
  opType,
  inputs,
  outputs: [output],
});

const CASES: readonly Case[] = [
  {
    what: 'Conv without bias and BatchNormalization',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 4, 3, 2] } },
      initializers: [
        numbers('w', [4, 3, 3, 3]),
        positive('gamma', [4]),
        numbers('beta', [4], 1),
        numbers('mean', [4], 2),
        positive('variance', [4]),
      ],
      nodes: [
        op('Conv', ['x', 'w'], 'c'),
        {
          ...op('BatchNormalization', ['c', 'gamma', 'beta', 'mean', 'variance'], 'y'),
          attributes: { epsilon: float(0.01) },
        },
      ],
    },
    left: ['Conv'],
    done: { foldedNormalizations: 1 },
  },
  {
    what: 'depthwise Conv with bias, then Mul and Add per channel, then Sub of one number',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 3, 5, 4] } },
      initializers: [
        numbers('w', [3, 1, 1, 1]),
        numbers('b', [3]),
        numbers('m', [3, 1, 1], 1),
        numbers('a', [1, 3, 1, 1], 2),
        numbers('s', [1]),
      ],
      nodes: [
        { ...op('Conv', ['x', 'w', 'b'], 'c'), attributes: { group: int(3) } },
        op('Mul', ['m', 'c'], 'd'),
        op('Add', ['d', 'a'], 'e'),
        op('Sub', ['e', 's'], 'y'),
      ],
    },
    left: ['Conv'],
    done: { foldedNormalizations: 3 },
  },
  {
    what: 'Gemm with alpha and beta before BatchNormalization, both ways round of the weight',
    spec: {
      inputs: { x: { dims: [2, 5] } },
      outputs: { y: { dims: [2, 3] } },
      initializers: [
        numbers('w', [5, 4]),
        numbers('b', [4]),
        numbers('v', [3, 4]),
        positive('gamma', [4]),
        numbers('beta', [4]),
        numbers('mean', [4]),
        positive('variance', [4]),
        numbers('k', [3], 3),
      ],
      nodes: [
        { ...op('Gemm', ['x', 'w', 'b'], 'g'), attributes: { alpha: float(0.5), beta: float(3) } },
        op('BatchNormalization', ['g', 'gamma', 'beta', 'mean', 'variance'], 'n'),
        { ...op('Gemm', ['n', 'v'], 'h'), attributes: { transB: int(1) } },
        op('Mul', ['h', 'k'], 'y'),
      ],
    },
    left: ['Gemm', 'Gemm'],
    done: { foldedNormalizations: 2 },
  },
  {
    what: 'a Conv whose result others see, which stays',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 2, 5, 4] }, z: { dims: [2, 2, 5, 4] } },
      initializers: [numbers('w', [2, 3, 1, 1]), numbers('k', [2, 1, 1])],
      nodes: [op('Conv', ['x', 'w'], 'c'), op('Mul', ['c', 'k'], 'y'), op('Relu', ['c'], 'z')],
    },
    left: ['Conv', 'Mul', 'Relu'],
  },
  {
    what: 'Mul along the width, which is no channel',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 4, 5, 4] } },
      initializers: [numbers('w', [4, 3, 1, 1]), numbers('k', [4])],
      nodes: [op('Conv', ['x', 'w'], 'c'), op('Mul', ['c', 'k'], 'y')],
    },
    left: ['Conv', 'Mul'],
  },
  {
    what: 'two Transposes that undo each other around Relu, a residual Add and a bias',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 3, 5, 4] } },
      initializers: [
        numbers('bias', [3]),
        Tensor.ofFloats('low', [], [-0.5]),
        Tensor.ofFloats('high', [], [1]),
      ],
      nodes: [
        nhwc('x', 'a'),
        op('Relu', ['a'], 'b'),
        op('Add', ['b', 'bias'], 'c'),
        op('Add', ['c', 'a'], 'd'),
        op('Clip', ['d', 'low', 'high'], 'e'),
        nchw('e', 'y'),
      ],
    },
    left: ['Relu', 'Add', 'Add', 'Clip'],
    done: { savedTransposes: 2 },
  },
  {
    what: 'Concat and Softmax along the last axis between Transposes',
    spec: {
      inputs: { x: { dims: [2, 3, 5, 4] }, z: { dims: [2, 2, 5, 4] } },
      outputs: { y: { dims: [2, 5, 5, 4] } },
      nodes: [
        nhwc('x', 'a'),
        nhwc('z', 'b'),
        { opType: 'Concat', inputs: ['a', 'b'], outputs: ['c'], attributes: { axis: int(-1) } },
        { opType: 'Softmax', inputs: ['c'], outputs: ['d'], attributes: { axis: int(-1) } },
        nchw('d', 'y'),
      ],
    },
    left: ['Concat', 'Softmax'],
    done: { savedTransposes: 3 },
  },
  {
    what: 'a mean over height and width in NHWC',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 3] } },
      nodes: [
        nhwc('x', 'a'),
        nchw('a', 'b'),
        nhwc('b', 'c'),
        {
          opType: 'ReduceMean',
          inputs: ['c'],
          outputs: ['y'],
          attributes: { axes: ints([1, 2]), keepdims: int(0) },
        },
      ],
    },
    left: ['ReduceMean'],
    done: { savedTransposes: 3 },
  },
  {
    what: 'a lone Transpose of the input, which is needed',
    spec: {
      inputs: { x: { dims: [1, 5, 4, 3] } },
      outputs: { y: { dims: [1, 2, 5, 4] } },
      initializers: [numbers('w', [2, 3, 1, 1])],
      nodes: [nchw('x', 'a'), op('Conv', ['a', 'w'], 'y')],
    },
    left: ['Transpose', 'Conv'],
  },
  {
    what: 'three Transposes that are one',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 5, 4, 3] } },
      nodes: [nhwc('x', 'a'), nhwc('a', 'b'), nhwc('b', 'c'), nchw('c', 'd'), nchw('d', 'y')],
    },
    left: ['Transpose'],
    done: { savedTransposes: 4 },
  },
  {
    what: 'a shape computed from Shape, Gather, Concat and constants',
    spec: {
      inputs: image,
      outputs: { y: { dims: [2, 60] } },
      initializers: [
        Tensor.ofInts('zero', [], [0]),
        Tensor.ofInts('axes', [1], [0]),
        Tensor.ofInts('rest', [1], [-1]),
      ],
      nodes: [
        op('Shape', ['x'], 's'),
        op('Gather', ['s', 'zero'], 'n'),
        op('Unsqueeze', ['n', 'axes'], 'u'),
        { opType: 'Concat', inputs: ['u', 'rest'], outputs: ['t'], attributes: { axis: int(0) } },
        op('Reshape', ['x', 't'], 'y'),
      ],
    },
    left: ['Reshape'],
    done: { foldedConstants: 4 },
  },
  {
    what: 'arithmetic, slices and layout changes of constants',
    spec: {
      inputs: { x: { dims: [2, 3] } },
      outputs: { y: { dims: [2, 3] } },
      initializers: [
        numbers('k', [4, 3]),
        numbers('row', [3]),
        Tensor.ofInts('from', [2], [-1, 0]),
        Tensor.ofInts('to', [2], [-9, 2 ** 53 - 1]),
        Tensor.ofInts('along', [2], [0, 1]),
        Tensor.ofInts('by', [2], [-2, 1]),
        Tensor.ofInts('size', [2], [2, 3]),
      ],
      nodes: [
        {
          opType: 'Constant',
          inputs: [],
          outputs: ['two'],
          attributes: { value: tensor(Tensor.ofFloats('', [], [2])) },
        },
        { opType: 'Constant', inputs: [], outputs: ['third'], attributes: { value_float: float(3) } },
        op('Slice', ['k', 'from', 'to', 'along', 'by'], 'sliced'),
        { opType: 'Transpose', inputs: ['sliced'], outputs: ['turned'] },
        { opType: 'Transpose', inputs: ['turned'], outputs: ['back'], attributes: { perm: ints([1, 0]) } },
        op('Expand', ['row', 'size'], 'wide'),
        op('Mul', ['back', 'two'], 'doubled'),
        op('Sub', ['doubled', 'wide'], 'less'),
        op('Div', ['less', 'third'], 'parts'),
        op('Abs', ['parts'], 'whole'),
        op('Sqrt', ['whole'], 'roots'),
        { opType: 'Cast', inputs: ['roots'], outputs: ['wider'], attributes: { to: int(11) } },
        { opType: 'Cast', inputs: ['wider'], outputs: ['narrower'], attributes: { to: int(1) } },
        op('Add', ['x', 'narrower'], 'y'),
      ],
    },
    left: ['Add'],
    done: { foldedConstants: 13 },
  },
  {
    what: 'nodes that change nothing, dead ones, and equal constants',
    spec: {
      inputs: { x: { dims: ['batch', 6] } },
      outputs: { y: { dims: ['batch', 6] } },
      initializers: [
        numbers('a', [6]),
        numbers('b', [6]),
        numbers('unused', [9]),
        Tensor.ofInts('pads', [4], [0, 0, 0, 0]),
      ],
      nodes: [
        op('Identity', ['x'], 'i'),
        op('Dropout', ['i'], 'd'),
        { opType: 'Cast', inputs: ['d'], outputs: ['c'], attributes: { to: int(1) } },
        { opType: 'Flatten', inputs: ['c'], outputs: ['f'] },
        op('Pad', ['f', 'pads'], 'p'),
        op('Add', ['p', 'a'], 'e'),
        op('Mul', ['e', 'b'], 'g'),
        op('Exp', ['g'], 'nobody'),
        op('Identity', ['g'], 'y'),
      ],
    },
    left: ['Add', 'Mul'],
    done: { removedIdentities: 6, mergedInitializers: 1, removedDead: 3 },
  },
  {
    what: 'an Identity from input to output, which must stay',
    spec: {
      inputs: { x: { dims: [2] } },
      outputs: { y: { dims: [2] } },
      nodes: [op('Identity', ['x'], 'y')],
    },
    left: ['Identity'],
  },
];

describe('simplify', () => {
  let simplified: readonly { model: OnnxModel; done: Simplification }[];
  let runs: readonly RunResult[];

  beforeAll(async () => {
    const models = CASES.map(({ spec }) => createModel(spec));
    simplified = models.map((model) => simplify(model));
    const jobs = [...models, ...simplified.map(({ model }) => model)].map((model) => ({
      bytes: writeModel(model),
      feeds: Object.fromEntries(
        model.graph.inputs.map(({ name, dims }, at) => [
          name,
          waves(
            (dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 2)),
            at,
          ),
        ]),
      ),
    }));
    runs = await runModels(jobs);
  });

  it.each(CASES.map((one, at) => ({ ...one, at })))(
    'leaves what is computed as it was: $what',
    ({ at, left, done }) => {
      const [before, after] = [runs[at], runs[at + CASES.length]];
      expect(before?.error).toBeUndefined();
      expect(after?.error).toBeUndefined();
      for (const [name, { dims, data }] of Object.entries(before?.outputs ?? {})) {
        const other = after?.outputs?.[name];
        expect(other?.dims).toEqual(dims);
        data.forEach((value, index) => expect(other?.data[index]).toBeCloseTo(value, 4));
      }
      const { model, done: did } = simplified[at]!;
      expect(model.graph.topological().map(({ opType }) => opType)).toEqual(left);
      expect(did).toMatchObject(done ?? {});
    },
  );

  it('leaves the given model as it was', () => {
    const model = createModel(CASES[0]!.spec);
    const before = writeModel(model);
    simplify(model);
    expect(Buffer.compare(writeModel(model), before)).toBe(0);
  });

  it('remembers which nodes a folded one stands for', () => {
    const { model } = simplified[0]!;
    expect(model.graph.nodes[0]?.sources).toEqual(['Conv:c', 'BatchNormalization:y']);
  });
});
