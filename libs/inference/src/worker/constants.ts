import type { Tensor } from 'onnxruntime-node';
import type { TensorFacts, WorkerFault } from '../protocol/messages.js';
import { forRuntime, halfBits, halfValue } from './element-type.js';
import { runtime } from './runtime.js';

type Outcome = { readonly feed: Tensor } | { readonly fault: WorkerFault };

/** A type's array of some values, and whether it holds a value: typed arrays wrap and overflow without a word. */
interface ElementType {
  readonly holds: (value: number) => boolean;
  readonly arrayOf: (values: readonly number[]) => Tensor.DataType;
}

const isWhole =
  (least: number, most: number) =>
  (value: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;

const TYPES = {
  float32: { holds: (value) => Number.isFinite(Math.fround(value)), arrayOf: (v) => Float32Array.from(v) },
  float16: {
    holds: (value) => Number.isFinite(halfValue(halfBits(value))),
    arrayOf: (v) => forRuntime(Uint16Array.from(v, halfBits)) as Uint16Array,
  },
  float64: { holds: Number.isFinite, arrayOf: (v) => Float64Array.from(v) },
  bool: { holds: Number.isFinite, arrayOf: (v) => Uint8Array.from(v, (value) => (value === 0 ? 0 : 1)) },
  uint8: { holds: isWhole(0, 255), arrayOf: (v) => Uint8Array.from(v) },
  int32: { holds: isWhole(-(2 ** 31), 2 ** 31 - 1), arrayOf: (v) => Int32Array.from(v) },
  int64: { holds: Number.isSafeInteger, arrayOf: (v) => BigInt64Array.from(v, BigInt) },
} as const satisfies Record<string, ElementType>;

const typeNamed = (name: string): ElementType | undefined =>
  Object.hasOwn(TYPES, name) ? TYPES[name as keyof typeof TYPES] : undefined;

/** The tensor of a further input that is always given the same values. */
export function constantFeed({ name, type, shape }: TensorFacts, values: readonly number[]): Outcome {
  const fault = (detail: string): Outcome => ({ fault: { code: 'input-mismatch', detail } });
  const dims = dimsFor(shape, values.length);
  if (!dims) {
    return fault(
      `input.constants gives "${name}" ${values.length} values, the model takes [${shape.join(', ')}]`,
    );
  }
  const element = typeNamed(type);
  if (!element) return fault(`input "${name}" is ${type}, which no constant can be`);
  const broken = values.find((value) => !element.holds(value));
  if (broken !== undefined) {
    return fault(`input.constants gives "${name}" ${broken}, the model takes ${type}`);
  }
  // The types cannot follow that the array is the one of its name.
  return { feed: new runtime.Tensor(type as 'float32', element.arrayOf(values) as Float32Array, dims) };
}

/** The stated shape with its open lengths filled: one takes what is left, further ones are 1. */
function dimsFor(shape: TensorFacts['shape'], length: number): number[] | undefined {
  const fixed = shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1);
  let isFree = true;
  const dims = shape.map((dim) => {
    if (typeof dim === 'number') return dim;
    const own = isFree ? length / fixed : 1;
    isFree = false;
    return own;
  });
  const product = dims.reduce((all, dim) => all * dim, 1);
  return product === length && dims.every(Number.isInteger) ? dims : undefined;
}
