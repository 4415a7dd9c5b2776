import type { AnomalySpec } from '@hamon/contracts';
import type { Tensors } from '../tensors.js';
import { meanOf } from '../shared/numbers.js';
import { relativeError } from '../shared/relative-error.js';

/** Relative squared error of the score and of the map, half each where the model gives both. */
export function distance(
  { score, map }: AnomalySpec,
  original: readonly Tensors[],
  others: readonly Tensors[],
): number {
  const names = [score, map].filter((name) => name !== undefined);
  const valuesOf = (samples: readonly Tensors[], name: string): ArrayLike<number>[] =>
    samples.map((tensors) => tensors.get(name)?.data ?? []);
  return meanOf(names.map((name) => relativeError(valuesOf(original, name), valuesOf(others, name))));
}
