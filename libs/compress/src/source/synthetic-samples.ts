import { seededRandom } from '@hamon/stats';
import { sizeOf } from '../runtime/tensor-value.js';
import type { SampleSource } from '../dataset/sample-source.js';

export interface SyntheticSamples {
  readonly samples: number;
  readonly mean: number;
  readonly std: number;
}

/** Normally distributed inputs, for models that come without images: the same under the same seed. */
export function syntheticSamples(
  input: string,
  dims: readonly number[],
  { samples, mean, std }: SyntheticSamples,
  seed: number,
): SampleSource {
  const size = sizeOf(dims);
  return {
    count: samples,
    input,
    dims,
    batch: (index) => {
      const random = seededRandom(seed * 1_000_003 + index);
      return Promise.resolve(Float32Array.from({ length: size }, () => mean + std * random.normal()));
    },
  };
}
