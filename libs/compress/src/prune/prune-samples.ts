import type { OnnxModel } from '@hamon/onnx';
import { topIndex } from '@hamon/tasks';
import { recordOutputs, type RecordedOutputs } from '../dataset/run-samples.js';
import type { CalibrationSource } from '../dataset/sample-source.js';
import { drawSamples, pickSamples, splitSamples } from '../dataset/split-source.js';
import { PLAIN } from '../judge/yardstick.js';
import { isDistribution } from '../judge/tensor-distance.js';
import { batchLength } from './batch-length.js';
import type { WeightedSamples } from './gather-moments.js';
import { withMirrored } from './mirrored-samples.js';
import type { CheckedPruneOptions } from './prune-options.js';

/** The calibration samples of one pruning, each part with the original's outputs where something is held against them. */
export interface PruneSamples {
  readonly count: number;
  readonly all: RecordedOutputs<CalibrationSource>;
  /** What layers are refitted on: all, and their mirror images if wanted. */
  readonly refitted: WeightedSamples;
  /** What channels are priced on. */
  readonly priced: WeightedSamples;
  /** What shows how much the whole model minds; apart from {@link priced}. */
  readonly heldOut: RecordedOutputs<CalibrationSource>;
}

const HELD_OUT = 0.25;
const HELD_OUT_MOST = 160;
const PRICED_MOST = 320;
const BATCH = 16;
/** What a sample counts even where the model is certain. */
const LEAST_WEIGHT = 0.05;

export async function drawPruneSamples(
  model: OnnxModel,
  calibration: CalibrationSource,
  { maxSamples, mirror, seed }: CheckedPruneOptions,
  signal: AbortSignal | undefined,
): Promise<PruneSamples> {
  const record = (source: CalibrationSource): Promise<RecordedOutputs<CalibrationSource>> =>
    recordOutputs(model, source, { signal });
  const all = drawSamples(calibration, maxSamples, seed);
  const batch = await batchLength(model, all, BATCH, signal);
  const [heldOut, rest] = splitSamples(all, Math.min(HELD_OUT, HELD_OUT_MOST / all.count), seed);
  const priced = drawSamples(rest, PRICED_MOST, seed);
  const shown = mirror ? withMirrored(all) : all;
  const recorded = await record(shown);
  return {
    count: all.count,
    // The mirror images come behind.
    all: firstOf(recorded, all),
    refitted: { source: shown, weights: sampleWeights(recorded, shown.count), batch, signal },
    priced: { source: priced, weights: sampleWeights(await record(priced), priced.count), batch, signal },
    heldOut: await record(heldOut),
  };
}

function firstOf(
  { outputs }: RecordedOutputs<CalibrationSource>,
  all: CalibrationSource,
): RecordedOutputs<CalibrationSource> {
  const first = outputs.slice(0, all.count);
  const samples = first.length === all.count ? all : pickSamples(all, [...first.keys()]);
  return { samples, outputs: first };
}

/**
 * What each sample counts in a fit, with a mean of 1: classifiers change their answers first where they are uncertain, so
 * these samples count more. Other models' samples count alike. Labels play no part.
 */
function sampleWeights(
  { samples: { yardstick = PLAIN }, outputs }: RecordedOutputs<CalibrationSource>,
  count: number,
): Float64Array {
  const weights = new Float64Array(count).fill(1);
  const scores = outputs.map((tensors) => yardstick.scoresOf(tensors)).filter((one) => one !== undefined);
  if (scores.length < count || !scores.every(isDistribution)) return weights;
  let sum = 0;
  scores.forEach((values, index) => {
    weights[index] = 1 - (values[topIndex(values)] as number) + LEAST_WEIGHT;
    sum += weights[index] as number;
  });
  return weights.map((weight) => (weight * count) / sum);
}
