import type { BundleDocument } from '@hamon/contracts';
import { inputDims, isImageInput } from '@hamon/inference';
import { taskNamed, type FrameTruth } from '@hamon/tasks';
import { CompressError } from '../errors.js';
import { imagesOf, type ImageSourceOptions } from '../dataset/image-source.js';
import type { LabelledFolder } from '../dataset/labelled/labelled-folder.js';
import { openLabelledFolder } from '../dataset/labelled/open-labelled-folder.js';
import type { Yardstick } from '../judge/yardstick.js';
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
  /** The folders that were named, as they were opened. */
  readonly folders: { readonly calibration?: LabelledFolder; readonly evaluation?: LabelledFolder };
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
  { ports: { input }, yardstick, bundle }: CompressSource,
  folders: { readonly calibration?: string | undefined; readonly evaluate?: string | undefined },
  { seed, synthetic, maxEvaluationSamples, otherSizes }: Recipe,
): Promise<CompressSamples> {
  const options = { otherSizes, yardstick, ...(bundle === undefined ? {} : namesOf(bundle.document)) };
  const open = async (dir: string | undefined, option: string): Promise<LabelledFolder | undefined> => {
    if (dir === undefined) return undefined;
    if (isImageInput(input)) return openLabelledFolder(dir, options);
    throw new CompressError(
      'option-invalid',
      `${option} needs a bundle folder: an ONNX file alone does not say how pixels become its input`,
    );
  };
  const sourceOf = (folder: LabelledFolder | undefined): SampleSource | undefined =>
    folder === undefined || !isImageInput(input) ? undefined : imagesOf(folder, input, options);
  const calibration = await open(folders.calibration, '--calibration');
  const evaluation = await open(folders.evaluate, '--evaluate');
  if (evaluation !== undefined) refuseOtherTruth(evaluation, yardstick);
  const [fitted, evaluated] = [sourceOf(calibration), sourceOf(evaluation)];
  const judged = evaluated === undefined ? undefined : drawSamples(evaluated, maxEvaluationSamples, seed);
  const made = syntheticSamples(input.name, inputDims(input), synthetic, seed);
  return {
    ...partsOf(fitted, seed),
    evaluation: judged,
    probe: judged ?? fitted ?? { ...made, yardstick },
    folders: {
      ...(calibration === undefined ? {} : { calibration }),
      ...(evaluation === undefined ? {} : { evaluation }),
    },
  };
}

/** What folders may name: labels or values of the model. */
function namesOf({ task, output }: BundleDocument): Pick<ImageSourceOptions, 'labels' | 'values'> {
  const labels = taskNamed(task).labels(output);
  return {
    ...(labels.length === 0 ? {} : { labels }),
    ...('values' in output ? { values: output.values.map(({ name }) => name) } : {}),
  };
}

const NEEDED: Readonly<Record<keyof FrameTruth, string>> = {
  label: 'class subfolders',
  boxes: 'boxes: annotations.json (COCO), or labels/ beside images/ (YOLO)',
  mask: 'masks/ beside images/',
  anomalous: 'good/ beside subfolders of faults, and ground_truth/ where they were marked',
  anomalyMask: 'ground_truth/',
  values: 'values.csv',
};

/** Images alone tell how near a variant stays to the original; what was labelled for another task is a mistake. */
function refuseOtherTruth({ dir, gives }: LabelledFolder, { quality }: Yardstick): void {
  if (gives === undefined || quality === undefined || gives === quality.needs) return;
  throw new CompressError(
    'labels-mismatch',
    `--evaluate ${dir} holds ${NEEDED[gives]}, the model is evaluated by ${NEEDED[quality.needs]}`,
  );
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
