import type { Tensor } from '@hamon/onnx';

/** Largest finite float16. */
export const HALF_MAX = 65_504;

/** Whether no finite value of a tensor would become infinite. */
export function fitsHalf(tensor: Tensor): boolean {
  return tensor.floats().every((value) => !Number.isFinite(value) || Math.abs(value) <= HALF_MAX);
}
