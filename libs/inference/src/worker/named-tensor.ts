import type { NamedTensor } from '@hamon/tasks';
import type { Tensor } from 'onnxruntime-node';
import { bitsOf, halfValue } from './element-type.js';

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const clamped = (value: number): number => Math.min(INT32.max, Math.max(INT32.min, value));

/** An output as the host gets it: floats as float32, integers as int32 (the nearest there is), bytes and truth values as they are. */
export function namedTensor({ dims, type, data }: Tensor): NamedTensor {
  switch (type) {
    case 'float32':
      return { dims, data: data as Float32Array };
    case 'float16':
      return { dims, data: Float32Array.from(bitsOf(data as unknown as ArrayBufferView), halfValue) };
    case 'float64':
      return { dims, data: Float32Array.from(data as Float64Array) };
    case 'bool':
    case 'uint8':
      return { dims, data: data as Uint8Array };
    case 'int32':
      return { dims, data: data as Int32Array };
    case 'int64':
    case 'uint64':
      return { dims, data: Int32Array.from(data as BigInt64Array, (value) => clamped(Number(value))) };
    default:
      return { dims, data: Int32Array.from(data as Uint32Array, clamped) };
  }
}
