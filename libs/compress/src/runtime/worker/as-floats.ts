import { bfloatToFloat, halfToFloat } from '@hamon/onnx';
import type { Tensor } from 'onnxruntime-node';

/** Any numeric tensor's values as float32; float32 itself without a copy. */
export function asFloats(tensor: Tensor): Float32Array {
  const { data, type } = tensor;
  if (data instanceof Float32Array) return data;
  // Newer runtimes hand float16 out as Float16Array where it exists, older ones always as its bits.
  if (type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, halfToFloat);
  if ((type as string) === 'bfloat16' && data instanceof Uint16Array)
    return Float32Array.from(data, bfloatToFloat);
  if (Array.isArray(data)) throw new Error(`a ${type} tensor has no numbers`);
  return Float32Array.from(data as ArrayLike<number>, Number);
}
