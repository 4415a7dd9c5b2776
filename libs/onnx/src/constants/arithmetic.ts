import { Tensor } from '../tensor.js';
import { broadcastStrides, stridedIndices } from './strided.js';

const FLOAT_BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Min: (a, b) => Math.min(a, b),
  Max: (a, b) => Math.max(a, b),
};

const INT_BINARY: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Min: (a, b) => (a < b ? a : b),
  Max: (a, b) => (a > b ? a : b),
};

const FLOAT_UNARY: Readonly<Record<string, (a: number) => number>> = {
  Neg: (a) => -a,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (a) => 1 / a,
  Exp: Math.exp,
  Log: Math.log,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Relu: (a) => Math.max(a, 0),
};

/** Add, Sub, Mul … of two constants, for float32, float64 and int64; `undefined` for what is not done here. */
export function binary(opType: string, a: Tensor, b: Tensor, dims: readonly number[]): Tensor | undefined {
  if (a.dataType !== b.dataType) return undefined;
  const left = stridedIndices(dims, broadcastStrides(a.dims, dims));
  const right = stridedIndices(dims, broadcastStrides(b.dims, dims));
  if (a.dataType === 'int64') {
    const calculate = INT_BINARY[opType];
    const [x, y] = [a.data as BigInt64Array, b.data as BigInt64Array];
    if (calculate === undefined || (opType === 'Div' && y.includes(0n))) return undefined;
    const result = new BigInt64Array(left.length);
    left.forEach((from, at) => (result[at] = calculate(x[from] ?? 0n, y[right[at] ?? 0] ?? 0n)));
    return Tensor.of('', 'int64', dims, result);
  }
  const calculate = FLOAT_BINARY[opType];
  if (calculate === undefined || (a.dataType !== 'float32' && a.dataType !== 'float64')) return undefined;
  const [x, y] = [a.floats(), b.floats()];
  const result = new Float64Array(left.length);
  left.forEach((from, at) => (result[at] = calculate(x[from] ?? 0, y[right[at] ?? 0] ?? 0)));
  return Tensor.ofFloats('', dims, result, a.dataType);
}

/** Neg, Sqrt … of a float32 or float64 constant. */
export function unary(opType: string, a: Tensor): Tensor | undefined {
  const calculate = FLOAT_UNARY[opType];
  if (calculate === undefined || (a.dataType !== 'float32' && a.dataType !== 'float64')) return undefined;
  return Tensor.ofFloats('', a.dims, Float64Array.from(a.floats(), calculate), a.dataType);
}

/** Cast between float32, float64, float16, int32, int64; out-of-range conversions, which ONNX leaves open, are not done. */
export function cast(a: Tensor, to: Tensor['dataType']): Tensor | undefined {
  if (a.dataType === to) return a;
  const whole = a.dataType === 'int64' || a.dataType === 'int32' || a.dataType === 'bool';
  const float = a.dataType === 'float32' || a.dataType === 'float64' || a.dataType === 'float16';
  if (!whole && !float) return undefined;
  const values: ArrayLike<number> & Iterable<number> = whole ? a.ints() : a.floats();
  if (to === 'float32' || to === 'float64' || to === 'float16')
    return Tensor.ofFloats('', a.dims, values, to);
  if (to !== 'int64' && to !== 'int32') return undefined;
  const truncated = Array.from(values, Math.trunc);
  const bound = to === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER - 1;
  if (truncated.some((value) => !(Math.abs(value) <= bound))) return undefined;
  if (to === 'int64') return Tensor.ofInts('', a.dims, truncated);
  return Tensor.of('', 'int32', a.dims, Int32Array.from(truncated));
}
