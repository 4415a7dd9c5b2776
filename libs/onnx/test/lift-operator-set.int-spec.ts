import { describe, expect, it } from 'vitest';
import { attribute, createModel, liftOperatorSet, Tensor, writeModel, type NewNode } from '../src/index.js';
import { runModels, waves } from './run-models.js';

const { int, ints, float, string } = attribute;
const scales = (name: string, values: readonly number[]): Tensor =>
  Tensor.ofFloats(name, [values.length], values);

interface Case {
  readonly what: string;
  readonly nodes: readonly NewNode[];
  readonly dims?: readonly number[];
  readonly opset?: number;
  readonly initializers?: readonly Tensor[];
}

const one = (
  opType: string,
  attributes: NewNode['attributes'] = {},
  more: readonly string[] = [],
): NewNode[] => [{ opType, inputs: ['x', ...more], outputs: ['y'], attributes }];

const CASES: readonly Case[] = [
  { what: 'Clip', nodes: one('Clip', { min: float(-0.5), max: float(1) }), opset: 10 },
  { what: 'Clip with one bound', nodes: one('Clip', { max: float(0.25) }), opset: 10 },
  {
    what: 'Clip that has inputs already',
    nodes: one('Clip', {}, ['low']),
    initializers: [Tensor.ofFloats('low', [], [0.5])],
  },
  { what: 'Pad', nodes: one('Pad', { pads: ints([0, 0, 1, 2, 0, 0, 0, 1]), value: float(3) }), opset: 10 },
  {
    what: 'Pad by reflection',
    nodes: one('Pad', { pads: ints([0, 0, 1, 1, 0, 0, 1, 1]), mode: string('reflect') }),
    opset: 10,
  },
  ...(
    [
      ['enlarging', [1, 1, 2, 1.5]],
      ['shrinking', [1, 1, 0.5, 0.6]],
    ] as const
  ).flatMap(([how, by]) =>
    ['nearest', 'linear'].map((mode) => ({
      what: `Resize, ${mode}, ${how}`,
      nodes: one('Resize', { mode: string(mode) }, ['by']),
      initializers: [scales('by', by)],
      opset: 10,
    })),
  ),
  ...[0, 1, 2, 3, -1, -2].flatMap((axis) =>
    ['Softmax', 'LogSoftmax', 'Hardmax'].map((opType) => ({
      what: `${opType} from axis ${axis}`,
      nodes: one(opType, { axis: int(axis) }),
    })),
  ),
  { what: 'Softmax as it comes', nodes: one('Softmax') },
  { what: 'Softmax over one long axis', nodes: one('Softmax'), dims: [2, 5, 1, 1] },
  { what: 'Softmax over the last of short ones', nodes: one('Softmax'), dims: [2, 1, 1, 5] },
  { what: 'Squeeze', nodes: one('Squeeze', { axes: ints([0, -1]) }), dims: [1, 3, 2, 1] },
  { what: 'Squeeze of all', nodes: one('Squeeze'), dims: [1, 3, 2, 1] },
  { what: 'Unsqueeze', nodes: one('Unsqueeze', { axes: ints([0, 3]) }) },
  { what: 'ReduceSum', nodes: one('ReduceSum', { axes: ints([1, -1]), keepdims: int(0) }) },
  { what: 'ReduceSum of all', nodes: one('ReduceSum') },
  {
    what: 'Split',
    nodes: [
      {
        opType: 'Split',
        inputs: ['x'],
        outputs: ['a', 'b'],
        attributes: { axis: int(1), split: ints([1, 2]) },
      },
      { opType: 'Concat', inputs: ['b', 'a'], outputs: ['y'], attributes: { axis: int(1) } },
    ],
  },
  { what: 'Dropout', nodes: one('Dropout', { ratio: float(0.3) }), opset: 11 },
  {
    what: 'Scatter',
    nodes: one('Scatter', { axis: int(1) }, ['at', 'new']),
    initializers: [Tensor.ofInts('at', [1, 1, 1, 1], [2]), Tensor.ofFloats('new', [1, 1, 1, 1], [9])],
    opset: 10,
  },
];

describe('lifting an operator set', () => {
  it('computes the same, as onnxruntime sees it', async () => {
    const models = CASES.map(({ nodes, dims = [2, 3, 4, 5], opset = 12, initializers = [] }) =>
      createModel({
        inputs: { x: { dims: [...dims] } },
        outputs: { y: { dims: [] } },
        nodes,
        initializers,
        opset,
      }),
    );
    for (const { graph } of models) graph.setOutputs([{ name: 'y', dataType: undefined, dims: undefined }]);
    const jobs = (lift: boolean) =>
      models.map((model, at) => ({
        bytes: writeModel(lift ? liftOperatorSet(model) : model),
        feeds: { x: waves(CASES[at]?.dims ?? [2, 3, 4, 5]) },
      }));
    const [before, after] = [await runModels(jobs(false)), await runModels(jobs(true))];
    const told = (runs: typeof before) =>
      runs.map(({ outputs, error }, at) => ({
        what: CASES[at]?.what,
        error,
        dims: outputs?.['y']?.dims,
        data: outputs?.['y']?.data.map((value) => Number(value.toFixed(5))),
      }));
    expect(told(before).filter(({ error }) => error !== undefined)).toEqual([]);
    expect(told(after)).toEqual(told(before));
  });

  it('leaves newer models as they are, and those that are too old or hold subgraphs to others', () => {
    const model = (nodes: readonly NewNode[], opset: number) =>
      createModel({
        inputs: { x: { dims: [2] } },
        outputs: { y: { dims: [2] } },
        nodes,
        opset,
        initializers: [Tensor.of('yes', 'bool', [], Uint8Array.of(1))],
      });
    const newer = model(one('Relu'), 13);
    expect(liftOperatorSet(newer)).toBe(newer);
    expect(liftOperatorSet(model(one('Relu'), 10))).toMatchObject({ opset: 13, irVersion: 8 });
    expect(() => liftOperatorSet(model(one('Relu'), 9))).toThrow('operator set 9');
    const branch = attribute.branch('Relu', ['x'], 'b');
    const choice = {
      opType: 'If',
      name: 'choice',
      inputs: ['yes'],
      outputs: ['y'],
      attributes: { then_branch: branch, else_branch: branch },
    };
    expect(() => liftOperatorSet(model([choice], 12))).toThrow('If "choice"');
    const mixed = createModel({
      inputs: { x: { dims: [1, 1, 4, 4] } },
      outputs: { y: { dims: [1, 1, 8, 2] } },
      nodes: [{ opType: 'Resize', name: 'odd', inputs: ['x', 'by'], outputs: ['y'] }],
      initializers: [scales('by', [1, 1, 2, 0.5])],
      opset: 10,
    });
    expect(() => liftOperatorSet(mixed)).toThrow('Resize "odd"');
  });
});
