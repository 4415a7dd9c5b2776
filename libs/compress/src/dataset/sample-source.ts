import type { FrameSize } from '@hamon/contracts';
import type { FrameTruth } from '@hamon/tasks';
import type { Yardstick } from '../judge/yardstick.js';
import { sizeOf, type TensorFeed } from '../runtime/tensor-value.js';

/**
 * Inputs for a model, one at a time, always the same ones under the same index. Samples are made when asked for, so a
 * folder of any size costs bounded memory.
 */
export interface SampleSource {
  readonly count: number;
  /** Name of the model's input. */
  readonly input: string;
  /** Shape of one sample, a batch of one: `[1, channels, height, width]`, `[1, height, width, channels]`, `[1, features]`. */
  readonly dims: readonly number[];
  /** What outputs for these samples are measured by; the outputs as such if left out. */
  readonly yardstick?: Yardstick;
  /** What a sample is mostly about: for drawing in proportion. */
  readonly groupOf?: (index: number) => string;
  /** The size of an image as it came. */
  readonly frameOf?: (index: number) => Promise<FrameSize>;
  /** The part of the truth that the model's task needs, where it is known. */
  readonly truthOf?: (index: number) => Promise<FrameTruth>;
  /** Values of sample `index` as the model takes them, row-major. The array may be reused by nobody but the caller. */
  batch(index: number): Promise<Float32Array>;
}

/** What quantization, pruning and the choices among their results look at; never the images of an evaluation. */
export type CalibrationSource = SampleSource;

/** Samples whose right answer is known. */
export interface LabelledSource extends SampleSource {
  /** The model's labels, in the order of its output. */
  readonly labels: readonly string[];
  /** Index into {@link labels}. */
  labelOf(index: number): number;
}

export const isLabelled = (source: SampleSource): source is LabelledSource => 'labelOf' in source;

/** Indices of the right labels, where the samples have them. */
export const labelsOf = (source: SampleSource): readonly number[] | undefined =>
  isLabelled(source) ? Array.from({ length: source.count }, (_, index) => source.labelOf(index)) : undefined;

/** Sample `index` as the feeds of a run. */
export async function feedsOf(
  source: SampleSource,
  index: number,
): Promise<Readonly<Record<string, TensorFeed>>> {
  return { [source.input]: { dims: source.dims, data: await source.batch(index) } };
}

/** Tensors that are in memory already, as a source. */
export function samplesOf(
  input: string,
  dims: readonly number[],
  samples: readonly Float32Array[],
): SampleSource {
  for (const [index, { length }] of samples.entries())
    if (length !== sizeOf(dims))
      throw new RangeError(`sample ${index} has ${length} values, [${dims.join(',')}] takes ${sizeOf(dims)}`);
  return {
    count: samples.length,
    input,
    dims,
    batch: (index) => {
      const sample = samples[index];
      return sample === undefined
        ? Promise.reject(new RangeError(`there is no sample ${index}`))
        : Promise.resolve(sample);
    },
  };
}
