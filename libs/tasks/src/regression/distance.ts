import type { RegressionSpec } from '@hamon/contracts';
import type { Tensors } from '../tensors.js';
import { meanOf } from '../shared/numbers.js';
import { relativeError } from '../shared/relative-error.js';

/** Relative squared error of each value, on average: each has a unit of its own. */
export function distance(
  { name, values }: RegressionSpec,
  original: readonly Tensors[],
  others: readonly Tensors[],
): number {
  const column = (samples: readonly Tensors[], value: number): number[][] =>
    samples.map((tensors) => {
      const number = tensors.get(name)?.data[value];
      return number === undefined ? [] : [number];
    });
  return meanOf(values.map((_, value) => relativeError(column(original, value), column(others, value))));
}
