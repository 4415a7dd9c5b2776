import type { Tensor } from 'onnxruntime-node';

/** Any numeric tensor's values as float32; float32 itself without a copy. */
export async function asFloats(tensor: Tensor): Promise<Float32Array> {
  const { data } = tensor;
  const type: string = tensor.type;
  if (data instanceof Float32Array) return data;
  // Newer runtimes hand float16 out as Float16Array where it exists, older ones always as its bits.
  if ((type === 'float16' || type === 'bfloat16') && data instanceof Uint16Array) {
    // Loading it takes as long as starting this process; hardly any model has such outputs.
    const { bfloatToFloat, halfToFloat } = await import('@hamon/onnx');
    return Float32Array.from(data, type === 'float16' ? halfToFloat : bfloatToFloat);
  }
  if (Array.isArray(data)) throw new Error(`a ${type} tensor has no numbers`);
  return Float32Array.from(data as ArrayLike<number>, Number);
}
