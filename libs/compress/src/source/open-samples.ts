import { inputDims, isImageInput } from '@hamon/inference';
import { CompressError } from '../errors.js';
import { openImages } from '../dataset/image-source.js';
import { drawSamples, splitSamples } from '../dataset/split-source.js';
import type { SampleSource } from '../dataset/sample-source.js';
import type { MeasuredSamples } from '../measure/measure-variants.js';
import type { Recipe } from '../recipe/recipe.js';
import type { CompressSource } from './compress-source.js';
import { syntheticSamples } from './synthetic-samples.js';

export interface CompressSamples extends MeasuredSamples {
  /** What variants are made with: everything that is fitted, and every choice on the way. */
  readonly calibration: SampleSource | undefined;
  /** The rest of the calibration folder: what finished variants are judged on and chosen by, and nothing is made with. */
  readonly judging: SampleSource | undefined;
  /** What is reported: `--evaluate`. Nothing is chosen by it. */
  readonly evaluation: SampleSource | undefined;
  /** Inputs for latencies and, without any images, for comparing outputs: real ones where there are any. */
  readonly probe: SampleSource;
}

/** Part of the calibration folder that no variant is made with, and how much of it is enough to judge by. */
const JUDGING_SHARE = 0.25;
const JUDGING_MOST = 1000;

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
  return { ...partsOf(calibration, seed), evaluation: judged, probe };
}

/** A fit flatters itself on what it was fitted to, so no variant may be judged there. */
function partsOf(
  folder: SampleSource | undefined,
  seed: number,
): Pick<CompressSamples, 'calibration' | 'judging'> {
  // A single sample has to do both.
  if (folder === undefined || folder.count === 1) return { calibration: folder, judging: folder };
  const share = Math.min(JUDGING_SHARE, JUDGING_MOST / folder.count);
  const [judging, calibration] = splitSamples(folder, share, seed);
  return { calibration, judging };
}
