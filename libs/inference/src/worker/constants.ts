import type { Tensor } from 'onnxruntime-node';
import type { TensorFacts, WorkerFault } from '../protocol/messages.js';
import { forRuntime, halfBits } from './element-type.js';
import { runtime } from './runtime.js';

type Outcome = { readonly feed: Tensor } | { readonly fault: WorkerFault };

/** The tensor of a further input that is always given the same values. */
export function constantFeed({ name, type, shape }: TensorFacts, values: readonly number[]): Outcome {
  const fault = (detail: string): Outcome => ({ fault: { code: 'input-mismatch', detail } });
  const dims = dimsFor(shape, values.length);
  if (!dims) {
    return fault(
      `input.constants gives "${name}" ${values.length} values, the model takes [${shape.join(', ')}]`,
    );
  }
  switch (type) {
    case 'float32':
      return { feed: new runtime.Tensor('float32', Float32Array.from(values), dims) };
    case 'float16':
      return {
        feed: new runtime.Tensor(
          'float16',
          forRuntime(Uint16Array.from(values, halfBits)) as Uint16Array,
          dims,
        ),
      };
    case 'float64':
      return { feed: new runtime.Tensor('float64', Float64Array.from(values), dims) };
    case 'bool':
      return {
        feed: new runtime.Tensor(
          'bool',
          Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
          dims,
        ),
      };
    case 'uint8':
    case 'int32':
    case 'int64':
      break;
    default:
      return fault(`input "${name}" is ${type}, which no constant can be`);
  }
  const broken = values.find((value) => !Number.isSafeInteger(value));
  if (broken !== undefined)
    return fault(`input.constants gives "${name}" ${broken}, the model takes ${type}`);
  if (type === 'int64')
    return { feed: new runtime.Tensor('int64', BigInt64Array.from(values, BigInt), dims) };
  const data = type === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
  return { feed: new runtime.Tensor(type, data, dims) };
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
