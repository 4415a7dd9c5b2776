import { inputDims, isImageInput } from '@hamon/inference';
import { CompressError } from '../errors.js';
import { openImages } from '../dataset/image-source.js';
import { drawSamples } from '../dataset/split-source.js';
import { isLabelled, type SampleSource } from '../dataset/sample-source.js';
import type { Recipe } from '../recipe/recipe.js';
import type { CompressSource } from './compress-source.js';
import { syntheticSamples } from './synthetic-samples.js';

export interface CompressSamples {
  /** What variants are made with, chosen by and judged on. */
  readonly calibration: SampleSource | undefined;
  /** What is reported: `--evaluate`. Nothing is chosen by it. */
  readonly evaluation: SampleSource | undefined;
  /** Inputs for latencies and, without any images, for comparing outputs: real ones where there are any. */
  readonly probe: SampleSource;
}

/**
 * Opens the folders that were named.
 * @throws CompressError `dataset-empty`, `dataset-invalid`, `labels-mismatch`, or `option-invalid` for folders of images and
 * a model without a bundle that says how pixels are fed
 */
export async function openSamples(
  { ports }: CompressSource,
  folders: { readonly calibration?: string | undefined; readonly evaluate?: string | undefined },
  { seed, synthetic, maxEvaluationSamples, otherSizes }: Recipe,
): Promise<CompressSamples> {
  const { input, output } = ports;
  const open = async (dir: string | undefined, option: string): Promise<SampleSource | undefined> => {
    if (dir === undefined) return undefined;
    if (!isImageInput(input))
      throw new CompressError(
        'option-invalid',
        `${option} needs a bundle folder: an ONNX file alone does not say how pixels become its input`,
      );
    const { labels, ...answer } = output;
    return openImages(dir, input, { otherSizes, answer, ...(labels === undefined ? {} : { labels }) });
  };
  const calibration = await open(folders.calibration, '--calibration');
  const evaluation = await open(folders.evaluate, '--evaluate');
  const judged = evaluation === undefined ? undefined : drawSamples(evaluation, maxEvaluationSamples, seed);
  const probe = judged ?? calibration ?? syntheticSamples(input.name, inputDims(input), synthetic, seed);
  return { calibration, evaluation: judged, probe };
}

/** Indices of the right labels, where the samples have them. */
export const labelsOf = (source: SampleSource): readonly number[] | undefined =>
  isLabelled(source) ? Array.from({ length: source.count }, (_, index) => source.labelOf(index)) : undefined;
