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

/** Is every value a number, neither NaN nor infinite? */
export function areFinite(values: Float32Array): boolean {
  // Sums of finite 32-bit floats cannot overflow; four of them at a time, because one would wait for itself.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] as number;
    b += values[i + 1] as number;
    c += values[i + 2] as number;
    d += values[i + 3] as number;
  }
  for (let i = whole; i < values.length; i += 1) a += values[i] as number;
  return Number.isFinite(a + b + c + d);
}
