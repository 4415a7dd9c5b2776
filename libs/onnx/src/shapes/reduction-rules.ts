import { axisFrom, type Dims } from './dimensions.js';
import type { Rule, RuleInput } from './rule.js';

const REDUCTIONS = [
  'L1',
  'L2',
  'LogSum',
  'LogSumExp',
  'Max',
  'Mean',
  'Min',
  'Prod',
  'Sum',
  'SumSquare',
] as const;

const reduce: Rule = (input) => [{ dataType: input.type(0), dims: reduced(input) }];

const pick: Rule = ({ node, dims }) => {
  const shape = dims(0);
  const axis = shape === undefined ? undefined : axisFrom(node.int('axis', 0), shape.length);
  if (shape === undefined || axis === undefined) return [{ dataType: 'int64', dims: undefined }];
  return [{ dataType: 'int64', dims: without(shape, [axis], node.int('keepdims', 1) === 1) }];
};

/** Operators that take axes away, and those that make constants and shapes. */
export const REDUCTION_RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(REDUCTIONS.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: pick,
  ArgMin: pick,
  TopK: ({ node, dims, type, numbers }) => {
    const shape = dims(0);
    const axis = shape === undefined ? undefined : axisFrom(node.int('axis', -1), shape.length);
    const top = shape?.map((dim, at) => (at === axis ? (numbers(1)?.[0] ?? null) : dim));
    return [
      { dataType: type(0), dims: top },
      { dataType: 'int64', dims: top },
    ];
  },
  Shape: ({ node, dims }) => {
    const rank = dims(0)?.length;
    if (rank === undefined) return [{ dataType: 'int64', dims: [null] }];
    return [
      { dataType: 'int64', dims: [dims(0)?.slice(node.int('start', 0), node.int('end')).length ?? null] },
    ];
  },
  Size: () => [{ dataType: 'int64', dims: [] }],
  ConstantOfShape: ({ node, numbers }) => [
    { dataType: node.tensor('value')?.dataType ?? 'float32', dims: numbers(0) },
  ],
  Range: ({ type }) => [{ dataType: type(0), dims: [null] }],
};

function reduced(input: RuleInput): Dims | undefined {
  const { node } = input;
  const shape = input.dims(0);
  if (shape === undefined) return undefined;
  const keep = node.int('keepdims', 1) === 1;
  const given = input.list('axes', 1);
  if (given === undefined && input.has(1)) return undefined;
  if (given === undefined || given.length === 0)
    return node.int('noop_with_empty_axes', 0) === 1 ? shape : without(shape, [...shape.keys()], keep);
  return without(
    shape,
    given.map((axis) => axisFrom(axis, shape.length)),
    keep,
  );
}

function without(shape: Dims, axes: readonly (number | undefined)[], keep: boolean): Dims {
  return keep
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}
