import { broadcast, type Dims } from './dimensions.js';
import type { Fact, Rule, RuleInput } from './rule.js';
import { slide, unslide, windowsOf } from './windows.js';

/** Convolutions, pooling and matrix products. Images are `[batch, channels, ...spatial]`. */
export const LAYER_RULES: Readonly<Record<string, Rule>> = {
  Conv: (input) => [{ dataType: input.type(0), dims: convolved(input, input.dims(0), input.dims(1)) }],
  ConvInteger: (input) => [{ dataType: 'int32', dims: convolved(input, input.dims(0), input.dims(1)) }],
  QLinearConv: (input) => [{ dataType: input.type(7), dims: convolved(input, input.dims(0), input.dims(3)) }],
  ConvTranspose: ({ node, dims, type }) => {
    const [image, weight] = [dims(0), dims(1)];
    const kernel = node.ints('kernel_shape') ?? lengths(weight?.slice(2));
    const [perGroup] = weight?.slice(1) ?? [];
    if (image === undefined || kernel === undefined || perGroup === undefined) return [];
    const channels = typeof perGroup === 'number' ? perGroup * node.int('group', 1) : null;
    return [
      {
        dataType: type(0),
        dims: [image[0] ?? null, channels, ...unslide(image.slice(2), windowsOf(node, kernel), node)],
      },
    ];
  },
  AveragePool: (input) => [pooled(input)],
  LpPool: (input) => [pooled(input)],
  MaxPool: (input) => [pooled(input), { ...pooled(input), dataType: 'int64' }],
  GlobalAveragePool: (input) => [pooledToOne(input)],
  GlobalMaxPool: (input) => [pooledToOne(input)],
  Gemm: ({ node, dims, type }) => {
    const [a, b] = [dims(0), dims(1)];
    const rows = a?.[node.int('transA', 0) === 0 ? 0 : 1];
    const columns = b?.[node.int('transB', 0) === 0 ? 1 : 0];
    return [
      { dataType: type(0), dims: rows === undefined || columns === undefined ? undefined : [rows, columns] },
    ];
  },
  MatMul: ({ dims, type }) => [{ dataType: type(0), dims: multiplied(dims(0), dims(1)) }],
  MatMulInteger: ({ dims }) => [{ dataType: 'int32', dims: multiplied(dims(0), dims(1)) }],
  QLinearMatMul: ({ dims, type }) => [{ dataType: type(7), dims: multiplied(dims(0), dims(3)) }],
};

/** Operators of onnxruntime's own domain that compression writes, by `domain.opType`. */
export const MICROSOFT_RULES: Readonly<Record<string, Rule>> = {
  'com.microsoft.MatMulNBits': ({ node, dims, type }) => {
    const columns = node.int('N');
    const rows = dims(0)?.slice(0, -1);
    return [
      {
        dataType: type(0),
        dims: rows === undefined || columns === undefined ? undefined : [...rows, columns],
      },
    ];
  },
};

function convolved({ node }: RuleInput, image: Dims | undefined, weight: Dims | undefined): Dims | undefined {
  const kernel = node.ints('kernel_shape') ?? lengths(weight?.slice(2));
  if (image === undefined || weight === undefined || kernel === undefined) return undefined;
  return [image[0] ?? null, weight[0] ?? null, ...slide(image.slice(2), windowsOf(node, kernel))];
}

function pooled({ node, dims, type }: RuleInput): Fact {
  const image = dims(0);
  const kernel = node.ints('kernel_shape');
  if (image === undefined || kernel === undefined) return { dataType: type(0), dims: undefined };
  const spatial = slide(image.slice(2), windowsOf(node, kernel), node.int('ceil_mode', 0) === 1);
  return { dataType: type(0), dims: [...image.slice(0, 2), ...spatial] };
}

function pooledToOne({ dims, type }: RuleInput): Fact {
  return { dataType: type(0), dims: dims(0)?.map((dim, axis) => (axis < 2 ? dim : 1)) };
}

/** As numpy.matmul: a one-dimensional side is a row or a column whose axis vanishes from the product. */
function multiplied(a: Dims | undefined, b: Dims | undefined): Dims | undefined {
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined;
  const batch = broadcast([a.slice(0, -2), b.slice(0, -2)]);
  if (batch === undefined) return undefined;
  return [...batch, ...a.slice(0, -1).slice(-1), ...(b.length === 1 ? [] : b.slice(-1))];
}

function lengths(dims: Dims | undefined): readonly number[] | undefined {
  return dims?.every((dim) => typeof dim === 'number') ? dims : undefined;
}
