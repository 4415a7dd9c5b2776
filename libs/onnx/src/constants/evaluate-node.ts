import { elementTypeOf, representationOf } from '../element-type.js';
import type { GraphNode } from '../graph-node.js';
import { axisFrom } from '../shapes/dimensions.js';
import { sliceRange } from '../shapes/layout-rules.js';
import { Tensor } from '../tensor.js';
import { binary, cast, unary } from './arithmetic.js';
import {
  broadcastStrides,
  isAddressable,
  pickElements,
  stridedIndices,
  stridesOf,
  transposeTensor,
} from './strided.js';

/**
 * What a node gives for constant inputs, for the operators that exporters leave between constants.
 * @param inputs `undefined` where an optional input is left out
 * @param dims shape of the first output
 * @returns `undefined` for operators and types that are not evaluated here
 */
export function evaluateNode(
  node: GraphNode,
  inputs: readonly (Tensor | undefined)[],
  dims: readonly number[],
): Tensor | undefined {
  const [a, b] = inputs;
  if (node.is('ConstantOfShape')) return filled(node, dims);
  if (a === undefined) return undefined;
  switch (node.opType) {
    case 'Identity':
      return a;
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Flatten':
      return a.withDims(dims);
    case 'Cast':
      return cast(a, elementTypeOf(node.int('to', 0), node.label));
    case 'Transpose':
      return isAddressable(a)
        ? transposeTensor(a, node.ints('perm', [...a.dims.keys()].reverse()))
        : undefined;
    case 'Expand':
      return isAddressable(a)
        ? pickElements(a, dims, stridedIndices(dims, broadcastStrides(a.dims, dims)))
        : undefined;
    case 'Slice':
      return isAddressable(a) ? slice(node, a, inputs, dims) : undefined;
    case 'Gather':
      return b !== undefined && isAddressable(a) ? gather(a, b, node.int('axis', 0), dims) : undefined;
    case 'Concat':
      return concat(inputs, node.int('axis', 0), dims);
    default:
      if (b === undefined) return inputs.length === 1 ? unary(node.opType, a) : undefined;
      return inputs.length === 2 ? binary(node.opType, a, b, dims) : undefined;
  }
}

function filled(node: GraphNode, dims: readonly number[]): Tensor | undefined {
  const value = node.tensor('value') ?? Tensor.ofFloats('', [1], [0]);
  if (!isAddressable(value) || value.size !== 1) return undefined;
  return pickElements(value, dims, new Int32Array(dims.reduce((product, dim) => product * dim, 1)));
}

function slice(
  node: GraphNode,
  data: Tensor,
  [, starts, ends, axes, steps]: readonly (Tensor | undefined)[],
  dims: readonly number[],
): Tensor | undefined {
  const from = starts?.ints() ?? node.ints('starts');
  const to = ends?.ints() ?? node.ints('ends');
  if (from === undefined || to === undefined) return undefined;
  const along = axes?.ints() ?? node.ints('axes') ?? [...from.keys()];
  const by = steps?.ints() ?? from.map(() => 1);
  const strides = stridesOf(data.dims);
  let offset = 0;
  for (const [index, counted] of along.entries()) {
    const axis = axisFrom(counted, data.dims.length);
    if (axis === undefined) return undefined;
    const step = by[index] ?? 1;
    const range = sliceRange(data.dims[axis] ?? 0, from[index] ?? 0, to[index] ?? 0, step);
    offset += range.first * (strides[axis] ?? 0);
    strides[axis] = (strides[axis] ?? 0) * step;
  }
  return pickElements(data, dims, stridedIndices(dims, strides, offset));
}

function gather(data: Tensor, indices: Tensor, counted: number, dims: readonly number[]): Tensor | undefined {
  const axis = axisFrom(counted, data.dims.length);
  if (axis === undefined) return undefined;
  const length = data.dims[axis] ?? 0;
  const inner = data.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const outer = data.dims.slice(0, axis).reduce((product, dim) => product * dim, 1);
  const wanted = indices.ints().map((index) => (index < 0 ? index + length : index));
  if (wanted.some((index) => index < 0 || index >= length)) return undefined;
  const size = outer * wanted.length * inner;
  if (size !== dims.reduce((product, dim) => product * dim, 1)) return undefined;
  const sources = new Int32Array(size);
  let next = 0;
  for (let block = 0; block < outer; block += 1)
    for (const index of wanted)
      for (let at = 0; at < inner; at += 1, next += 1) sources[next] = (block * length + index) * inner + at;
  return pickElements(data, dims, sources);
}

function concat(
  parts: readonly (Tensor | undefined)[],
  counted: number,
  dims: readonly number[],
): Tensor | undefined {
  const axis = axisFrom(counted, dims.length);
  const [first] = parts;
  if (axis === undefined || first === undefined || !isAddressable(first)) return undefined;
  const outer = dims.slice(0, axis).reduce((product, dim) => product * dim, 1);
  const { array } = representationOf(first.dataType);
  const row = dims.slice(axis).reduce((product, dim) => product * dim, 1) * array.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(outer * row);
  let column = 0;
  for (const part of parts) {
    if (part === undefined || part.dataType !== first.dataType) return undefined;
    const width = part.bytes.byteLength / outer;
    for (let block = 0; block < outer; block += 1)
      bytes.set(part.bytes.subarray(block * width, (block + 1) * width), block * row + column);
    column += width;
  }
  return Tensor.fromBytes('', first.dataType, dims, bytes);
}
