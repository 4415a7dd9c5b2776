import type { Dimension } from '../value-info.js';
import { axisFrom, productOf, type Dims } from './dimensions.js';
import { type Fact, type Rule, type RuleInput } from './rule.js';

/** Operators that move elements about without computing. */
export const LAYOUT_RULES: Readonly<Record<string, Rule>> = {
  Flatten: (input) => [keepType(input, (dims) => flattened(dims, input.node.int('axis', 1)))],
  Reshape: (input) => [keepType(input, (dims) => reshaped(dims, input))],
  Transpose: (input) => [
    keepType(input, (dims) =>
      input.node.ints('perm', [...dims.keys()].reverse()).map((axis) => dims[axis] ?? null),
    ),
  ],
  Squeeze: (input) => [
    keepType(input, (dims) => {
      const axes = input.list('axes', 1)?.map((axis) => axisFrom(axis, dims.length));
      if (axes !== undefined) return dims.filter((_, axis) => !axes.includes(axis));
      return dims.every((dim) => typeof dim === 'number') ? dims.filter((dim) => dim !== 1) : undefined;
    }),
  ],
  Unsqueeze: (input) => [
    keepType(input, (dims) => {
      const axes = input.list('axes', 1);
      if (axes === undefined) return undefined;
      const rank = dims.length + axes.length;
      const added = new Set(axes.map((axis) => axisFrom(axis, rank)));
      const rest = [...dims];
      return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? null)));
    }),
  ],
  Concat: ({ node, dims, type }) => {
    const shapes = [...node.inputs.keys()].map((index) => dims(index));
    const [first] = shapes;
    const axis = first === undefined ? undefined : axisFrom(node.int('axis', 0), first.length);
    if (first === undefined || axis === undefined) return [{ dataType: type(0), dims: undefined }];
    const length = shapes.reduce<number | null>((sum, shape) => {
      const dim = shape?.[axis];
      return sum === null || typeof dim !== 'number' ? null : sum + dim;
    }, 0);
    return [{ dataType: type(0), dims: first.map((dim, at) => (at === axis ? length : dim)) }];
  },
  Split: (input) => {
    const { node } = input;
    const parts = input.list('split', 1);
    return node.outputs.map((_, index) =>
      keepType(input, (dims) => {
        const axis = axisFrom(node.int('axis', 0), dims.length);
        const whole = axis === undefined ? undefined : dims[axis];
        // Without a list all parts are equal but the last, which may be shorter.
        const each = typeof whole === 'number' ? Math.ceil(whole / node.outputs.length) : undefined;
        const equal =
          each === undefined || typeof whole !== 'number'
            ? null
            : Math.max(0, Math.min(each, whole - index * each));
        return dims.map((dim, at) => (at === axis ? (parts?.[index] ?? equal) : dim));
      }),
    );
  },
  Slice: (input) => [keepType(input, (dims) => sliced(dims, input))],
  Gather: ({ node, dims, type }) => {
    const [data, indices] = [dims(0), dims(1)];
    const axis = data === undefined ? undefined : axisFrom(node.int('axis', 0), data.length);
    if (data === undefined || indices === undefined || axis === undefined)
      return [{ dataType: type(0), dims: undefined }];
    return [{ dataType: type(0), dims: [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)] }];
  },
  Pad: (input) => [
    keepType(input, (dims) => {
      const pads = input.list('pads', 1);
      const axes = input.list('axes', 3)?.map((axis) => axisFrom(axis, dims.length)) ?? [...dims.keys()];
      if (pads === undefined) return dims.map(() => null);
      return dims.map((dim, axis) => {
        const at = axes.indexOf(axis);
        if (at < 0) return dim;
        const more = (pads[at] ?? 0) + (pads[at + axes.length] ?? 0);
        return more === 0 ? dim : typeof dim === 'number' ? dim + more : null;
      });
    }),
  ],
  Expand: (input) => [
    keepType(input, (dims) => {
      const wanted = input.numbers(1);
      if (wanted === undefined) return undefined;
      const rank = Math.max(dims.length, wanted.length);
      return Array.from({ length: rank }, (_, axis) => {
        const own = dims[axis - rank + dims.length] ?? 1;
        const other = wanted[axis - rank + wanted.length] ?? 1;
        return own === 1 ? other : own;
      });
    }),
  ],
  Tile: (input) => [
    keepType(input, (dims) => {
      const repeats = input.numbers(1);
      return dims.map((dim, axis) => times(dim, repeats?.[axis] ?? null));
    }),
  ],
  Resize: (input) => [keepType(input, (dims) => resized(dims, input, 2, 3))],
  Upsample: (input) => [keepType(input, (dims) => resized(dims, input, 1, 99))],
  DepthToSpace: (input) => [
    keepType(input, ([batch = null, channels = null, ...spatial]) => {
      const block = input.node.int('blocksize', 1);
      return [
        batch,
        typeof channels === 'number' ? channels / block ** 2 : null,
        ...spatial.map((dim) => times(dim, block)),
      ];
    }),
  ],
  SpaceToDepth: (input) => [
    keepType(input, ([batch = null, channels = null, ...spatial]) => {
      const block = input.node.int('blocksize', 1);
      return [
        batch,
        times(channels, block ** 2),
        ...spatial.map((dim) => (typeof dim === 'number' ? dim / block : null)),
      ];
    }),
  ],
};

function keepType({ dims, type }: RuleInput, shape: (dims: Dims) => Dims | undefined): Fact {
  const known = dims(0);
  return { dataType: type(0), dims: known === undefined ? undefined : shape(known) };
}

function times(dim: Dimension, factor: Dimension): Dimension {
  if (factor === 1) return dim;
  return typeof dim === 'number' && typeof factor === 'number' ? dim * factor : null;
}

function flattened(dims: Dims, axis: number): Dims {
  const at = axis < 0 ? axis + dims.length : axis;
  // One unknown length alone on its side keeps its name: [batch, 8, 4] becomes [batch, 32].
  const side = (part: Dims): Dimension => {
    const others = part.filter((dim) => dim !== 1);
    return others.length === 1 ? (others[0] ?? null) : productOf(part);
  };
  return [side(dims.slice(0, at)), side(dims.slice(at))];
}

function reshaped(dims: Dims, { node, numbers }: RuleInput): Dims | undefined {
  const wanted = numbers(1) ?? node.ints('shape');
  if (wanted === undefined) return undefined;
  const zeroIsZero = node.int('allowzero', 0) === 1;
  const target = wanted.map((dim, axis) => (dim === 0 && !zeroIsZero ? (dims[axis] ?? null) : dim));
  const rest = target.indexOf(-1);
  if (rest < 0) return target;
  // Unknown lengths that stand on both sides cancel out.
  const [from, to] = [[...dims], target.filter((_, axis) => axis !== rest)];
  for (const dim of [...to])
    if (typeof dim === 'string' && from.includes(dim)) {
      from.splice(from.indexOf(dim), 1);
      to.splice(to.indexOf(dim), 1);
    }
  const [whole, part] = [productOf(from), productOf(to)];
  const symbol = from.filter((dim) => dim !== 1);
  const length =
    whole !== null && part !== null && part > 0
      ? whole / part
      : part === 1 && symbol.length === 1
        ? (symbol[0] ?? null)
        : null;
  return target.map((dim, axis) => (axis === rest ? length : dim));
}

function sliced(dims: Dims, input: RuleInput): Dims | undefined {
  const starts = input.list('starts', 1);
  const ends = input.list('ends', 2);
  if (starts === undefined || ends === undefined) return dims.map(() => null);
  const axes = (input.list('axes', 3) ?? [...starts.keys()]).map((axis) => axisFrom(axis, dims.length));
  const steps = input.list('steps', 4) ?? starts.map(() => 1);
  return dims.map((dim, axis) => {
    const at = axes.indexOf(axis);
    if (at < 0) return dim;
    const [start, end, step] = [starts[at] ?? 0, ends[at] ?? 0, steps[at] ?? 1];
    if (typeof dim !== 'number') return start === 0 && end >= 2 ** 31 - 1 && step === 1 ? dim : null;
    const { first, count } = sliceRange(dim, start, end, step);
    return first < 0 ? 0 : count;
  });
}

/** First index and number of elements that Slice takes of an axis (ONNX operator Slice: clamping, negative steps). */
export function sliceRange(
  length: number,
  start: number,
  end: number,
  step: number,
): { first: number; count: number } {
  const wrap = (index: number): number => (index < 0 ? index + length : index);
  const clamp = (index: number, low: number, high: number): number => Math.min(Math.max(index, low), high);
  const first = step > 0 ? clamp(wrap(start), 0, length) : clamp(wrap(start), 0, length - 1);
  const last = step > 0 ? clamp(wrap(end), 0, length) : clamp(wrap(end), -1, length - 1);
  return { first, count: Math.max(0, Math.ceil((last - first) / step)) };
}

function resized(dims: Dims, input: RuleInput, scalesAt: number, sizesAt: number): Dims {
  const sizes = input.numbers(sizesAt);
  const scales = input.constant(scalesAt)?.floats() ?? input.node.floats('scales');
  const axes = input.node.ints('axes')?.map((axis) => axisFrom(axis, dims.length)) ?? [...dims.keys()];
  const plain = input.node.string('keep_aspect_ratio_policy', 'stretch') === 'stretch';
  return dims.map((dim, axis) => {
    const at = axes.indexOf(axis);
    if (at < 0) return dim;
    if (sizes !== undefined && sizes.length > 0) return plain ? (sizes[at] ?? null) : null;
    const scale = scales?.[at];
    if (scale === undefined) return null;
    return scale === 1 ? dim : typeof dim === 'number' ? Math.floor(dim * scale) : null;
  });
}
