import { describe, expect, it } from 'vitest';
import {
  attribute,
  createModel,
  exposeTensors,
  fixDimensions,
  inferShapes,
  Tensor,
  writeModel,
  type NewNode,
  type OnnxModel,
} from '../src/index.js';
import { runModels, waves } from './run-models.js';

const { int, ints, string } = attribute;

/** One node, with what it needs; every input is fed or constant. */
interface Zoo {
  readonly node: Omit<NewNode, 'inputs' | 'outputs'> & { readonly outputs?: readonly string[] };
  readonly feeds: readonly (readonly number[])[];
  readonly constants?: readonly (readonly number[] | Tensor)[];
  readonly opset?: number;
}

const floats = (values: readonly number[]): Tensor => Tensor.ofFloats('', [values.length], values);
const weights = (dims: readonly number[]): Tensor =>
  Tensor.ofFloats('', dims, waves(dims).data as Float32Array);
const image = [[2, 4, 9, 7]] as const;

const ZOO: readonly Zoo[] = [
  {
    node: {
      opType: 'Conv',
      attributes: { pads: ints([1, 0, 2, 1]), strides: ints([2, 3]), dilations: ints([2, 1]) },
    },
    feeds: image,
    constants: [weights([6, 4, 3, 2])],
  },
  {
    node: {
      opType: 'Conv',
      attributes: { auto_pad: string('SAME_UPPER'), strides: ints([2, 2]), group: int(2) },
    },
    feeds: image,
    constants: [weights([6, 2, 3, 3])],
  },
  {
    node: {
      opType: 'ConvTranspose',
      attributes: {
        pads: ints([1, 1, 0, 1]),
        strides: ints([2, 3]),
        output_padding: ints([1, 0]),
        group: int(2),
      },
    },
    feeds: image,
    constants: [weights([4, 3, 3, 3])],
  },
  {
    node: {
      opType: 'MaxPool',
      outputs: ['values', 'places'],
      attributes: { kernel_shape: ints([3, 2]), strides: ints([2, 2]), ceil_mode: int(1) },
    },
    feeds: image,
  },
  {
    node: {
      opType: 'AveragePool',
      attributes: {
        kernel_shape: ints([2, 2]),
        pads: ints([1, 1, 0, 0]),
        strides: ints([3, 2]),
        ceil_mode: int(1),
      },
    },
    feeds: image,
  },
  { node: { opType: 'GlobalAveragePool' }, feeds: image },
  {
    node: { opType: 'Gemm', attributes: { transA: int(1), transB: int(1) } },
    feeds: [[3, 2]],
    constants: [weights([5, 3])],
  },
  {
    node: { opType: 'MatMul' },
    feeds: [
      [2, 1, 3, 4],
      [5, 4, 6],
    ],
  },
  { node: { opType: 'MatMul' }, feeds: [[4], [2, 4, 3]] },
  {
    node: { opType: 'Add' },
    feeds: [
      [2, 1, 3],
      [4, 1],
    ],
  },
  { node: { opType: 'Flatten', attributes: { axis: int(2) } }, feeds: image },
  { node: { opType: 'Flatten', attributes: { axis: int(0) } }, feeds: image },
  { node: { opType: 'Reshape' }, feeds: image, constants: [[0, -1, 7]] },
  { node: { opType: 'Transpose' }, feeds: image },
  { node: { opType: 'Squeeze' }, feeds: [[1, 3, 1, 2]], constants: [[-2]] },
  { node: { opType: 'Squeeze' }, feeds: [[1, 3, 1, 2]] },
  { node: { opType: 'Unsqueeze' }, feeds: [[3, 2]], constants: [[0, -1]] },
  {
    node: { opType: 'Concat', attributes: { axis: int(-2) } },
    feeds: [
      [2, 3, 4],
      [2, 5, 4],
    ],
  },
  {
    node: { opType: 'Split', outputs: ['p', 'q', 'r'], attributes: { axis: int(1) } },
    feeds: [[2, 7]],
    constants: [[3, 3, 1]],
  },
  {
    node: { opType: 'Split', outputs: ['p', 'q', 'r'], attributes: { axis: int(1), num_outputs: int(3) } },
    feeds: [[2, 7]],
    opset: 18,
  },
  {
    node: { opType: 'Slice' },
    feeds: image,
    constants: [
      [-3, 1],
      [9, -1],
      [2, 1],
      [2, 1],
    ],
  },
  { node: { opType: 'Slice' }, feeds: image, constants: [[-1], [-99], [3], [-3]] },
  { node: { opType: 'Gather', attributes: { axis: int(1) } }, feeds: image, constants: [[0, 3, 3]] },
  { node: { opType: 'Pad' }, feeds: image, constants: [[0, 1, 0, 2, 0, 0, 3, 1]] },
  { node: { opType: 'Expand' }, feeds: [[3, 1]], constants: [[2, 1, 4]] },
  { node: { opType: 'Tile' }, feeds: [[3, 2]], constants: [[2, 3]] },
  {
    node: { opType: 'Resize', attributes: { mode: string('nearest') } },
    feeds: image,
    constants: [floats([]), floats([1, 1, 1.5, 2.3])],
  },
  {
    node: { opType: 'Resize', attributes: { mode: string('linear') } },
    feeds: image,
    constants: [floats([]), floats([]), [2, 4, 5, 5]],
  },
  { node: { opType: 'DepthToSpace', attributes: { blocksize: int(2) } }, feeds: image },
  { node: { opType: 'SpaceToDepth', attributes: { blocksize: int(3) } }, feeds: [[1, 2, 9, 6]] },
  { node: { opType: 'ReduceMean', attributes: { axes: ints([-1, 2]), keepdims: int(0) } }, feeds: image },
  { node: { opType: 'ReduceSum' }, feeds: image, constants: [[1]] },
  { node: { opType: 'ReduceMax', attributes: { keepdims: int(0) } }, feeds: image },
  { node: { opType: 'ArgMax', attributes: { axis: int(1), keepdims: int(0) } }, feeds: image },
  { node: { opType: 'TopK', outputs: ['values', 'places'] }, feeds: [[3, 8]], constants: [[2]] },
  { node: { opType: 'Shape' }, feeds: image },
  { node: { opType: 'Softmax', attributes: { axis: int(1) } }, feeds: image },
  { node: { opType: 'Less' }, feeds: [[2, 1], [3]] },
  { node: { opType: 'Cast', attributes: { to: int(10) } }, feeds: [[2, 3]] },
  { node: { opType: 'DynamicQuantizeLinear', outputs: ['q', 'scale', 'zero'] }, feeds: [[2, 3]] },
];

function build({ node, feeds, constants = [], opset = 17 }: Zoo): OnnxModel {
  const inputs = Object.fromEntries(feeds.map((dims, at) => [`x${at}`, { dims }]));
  const initializers = constants.map((value, at) =>
    value instanceof Tensor ? value.withName(`c${at}`) : Tensor.ofInts(`c${at}`, [value.length], value),
  );
  const outputs = node.outputs ?? ['y'];
  const inner = {
    ...node,
    inputs: [...Object.keys(inputs), ...initializers.map(({ name }) => name)],
    outputs,
  };
  // Outputs are exposed below, declared by what was inferred alone.
  const model = createModel({ inputs, outputs: {}, initializers, nodes: [inner], opset });
  return exposeTensors(model, outputs);
}

describe('inferShapes', () => {
  it('agrees with onnxruntime on types and shapes', async () => {
    const models = ZOO.map(build);
    const runs = await runModels(
      ZOO.map(({ feeds }, at) => ({
        bytes: writeModel(models[at]!),
        feeds: Object.fromEntries(feeds.map((dims, index) => [`x${index}`, waves(dims)])),
      })),
    );
    const seen = runs.map(({ outputs, error }, at) => [
      ZOO[at]?.node.opType,
      error ?? Object.values(outputs ?? {}).map(({ dims, type }) => [type, dims]),
    ]);
    const inferred = models.map(({ graph }, at) => [
      ZOO[at]?.node.opType,
      graph.outputs.map(({ dims, dataType }) => [dataType, dims]),
    ]);
    expect(inferred).toEqual(seen);
  });

  it('keeps the names of unknown lengths through a network', () => {
    const model = createModel({
      inputs: { x: { dims: ['batch', 3, 8, 8] } },
      outputs: { y: { dims: ['batch', 4] } },
      initializers: [
        weights([4, 3, 3, 3]).withName('w'),
        Tensor.ofInts('zero', [], [0]),
        Tensor.ofInts('axes', [1], [0]),
        Tensor.ofInts('rest', [1], [-1]),
      ],
      nodes: [
        { opType: 'Conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { strides: ints([6, 6]) } },
        { opType: 'Shape', inputs: ['c'], outputs: ['s'] },
        { opType: 'Gather', inputs: ['s', 'zero'], outputs: ['n'] },
        { opType: 'Unsqueeze', inputs: ['n', 'axes'], outputs: ['u'] },
        { opType: 'Concat', inputs: ['u', 'rest'], outputs: ['t'], attributes: { axis: int(0) } },
        { opType: 'Reshape', inputs: ['c', 't'], outputs: ['y'] },
      ],
    });
    expect(inferShapes(model)).toEqual({ unknown: [], unknownOperators: [] });
    expect(model.graph.values.get('c')?.dims).toEqual(['batch', 4, 1, 1]);
    expect(model.graph.values.get('y')?.dims).toEqual(['batch', 4]);
    expect(fixDimensions(model, { batch: 5 }).graph.outputs[0]?.dims).toEqual([5, 4]);
  });

  it('knows the channels of an inner tensor that is an output with open lengths too', () => {
    const model = createModel({
      inputs: { x: { dims: ['batch', 3, 8, 8] } },
      outputs: { r: { dims: ['n', 'c', null, 'w'] }, y: { dims: ['n', 'k', 6, 6] } },
      initializers: [weights([4, 3, 3, 3]).withName('w'), weights([5, 4, 1, 1]).withName('v')],
      nodes: [
        { opType: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
        { opType: 'Relu', inputs: ['c'], outputs: ['r'] },
        { opType: 'Conv', inputs: ['r', 'v'], outputs: ['y'] },
      ],
    });
    expect(inferShapes(model).unknown).toEqual([]);
    expect(model.graph.valueOf('r')?.dims).toEqual(['n', 4, 6, 6]);
    expect(model.graph.valueOf('y')?.dims).toEqual(['n', 5, 6, 6]);
    // What is written stays as it was declared.
    expect(model.graph.outputs[0]?.dims).toEqual(['n', 'c', null, 'w']);
  });

  it('says which operators it does not know', () => {
    const model = createModel({
      inputs: { x: { dims: [2] } },
      outputs: { y: { dims: [2] } },
      nodes: [
        { opType: 'Mystery', domain: 'org.example', inputs: ['x'], outputs: ['m'] },
        { opType: 'Relu', inputs: ['m'], outputs: ['y'] },
      ],
    });
    const { unknown, unknownOperators } = inferShapes(model);
    expect([unknown, unknownOperators.map(({ opType }) => opType)]).toEqual([['m'], ['Mystery']]);
  });
});
