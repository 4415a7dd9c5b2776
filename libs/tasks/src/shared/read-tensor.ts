import { err, ok, type Result } from '@hamon/contracts';
import type { DecodeFault } from '../task.js';
import type { NamedTensor, Tensors } from '../tensors.js';

/** The float values of an output; integers become floats. */
export function floatsOf(tensors: Tensors, name: string): Result<Floats, DecodeFault> {
  const tensor = tensors.get(name);
  if (!tensor) return mismatch(`the model gave no output "${name}"`);
  const { dims, data } = tensor;
  return ok({ dims, data: data instanceof Float32Array ? data : Float32Array.from(data) });
}

export type Floats = NamedTensor & { readonly data: Float32Array };

export const mismatch = (detail: string): Result<never, DecodeFault> =>
  err({ code: 'labels-mismatch', detail });

export const notFinite = (name: string): Result<never, DecodeFault> =>
  err({ code: 'output-not-finite', detail: `output "${name}" holds NaN or infinity` });

export function areFinite(values: Float32Array): boolean {
  // A sum of finite values that overflows is looked at value by value.
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number;
  return Number.isFinite(sum) || values.every(Number.isFinite);
}
