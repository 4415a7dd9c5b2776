import type { OnnxModel } from '@hamon/onnx';
import { outputsOfModel } from '../dataset/run-samples.js';
import type { CalibrationSource } from '../dataset/sample-source.js';
import { drawSamples, splitSamples } from '../dataset/split-source.js';
import { isDistribution } from '../quantize/tensor-distance.js';
import { batchLength } from './batch-length.js';
import type { WeightedSamples } from './gather-moments.js';
import { withMirrored } from './mirrored-samples.js';
import type { CheckedPruneOptions } from './prune-options.js';

/** The calibration samples of one pruning, each part with the original's outputs where something is held against them. */
export interface PruneSamples {
  readonly all: CalibrationSource;
  readonly allOutputs: readonly Float32Array[];
  /** What layers are refitted on: all, and their mirror images if wanted. */
  readonly refitted: WeightedSamples;
  /** What channels are priced on. */
  readonly priced: WeightedSamples;
  /** What shows how much the whole model minds; apart from {@link priced}. */
  readonly heldOut: CalibrationSource;
  readonly heldOutOutputs: readonly Float32Array[];
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
  const outputsOf = (source: CalibrationSource): Promise<readonly Float32Array[]> =>
    outputsOfModel(model, source, { signal });
  const all = drawSamples(calibration, maxSamples, seed);
  const batch = await batchLength(model, all, BATCH, signal);
  const shown = mirror ? withMirrored(all) : all;
  const shownOutputs = await outputsOf(shown);
  const [heldOut, rest] = splitSamples(all, Math.min(HELD_OUT, HELD_OUT_MOST / all.count), seed);
  const priced = drawSamples(rest, PRICED_MOST, seed);
  return {
    all,
    allOutputs: shownOutputs.slice(0, all.count),
    refitted: { source: shown, weights: sampleWeights(shownOutputs), batch, signal },
    priced: { source: priced, weights: sampleWeights(await outputsOf(priced)), batch, signal },
    heldOut,
    heldOutOutputs: await outputsOf(heldOut),
  };
}

/**
 * What each sample counts in a fit, with a mean of 1: classifiers change their answers first where they are uncertain, so
 * these samples count more. Other models' samples count alike. Labels play no part.
 */
function sampleWeights(outputs: readonly Float32Array[]): Float64Array {
  const weights = new Float64Array(outputs.length).fill(1);
  if (!outputs.every(isDistribution)) return weights;
  let sum = 0;
  outputs.forEach((values, index) => {
    weights[index] = 1 - values.reduce((most, value) => Math.max(most, value), 0) + LEAST_WEIGHT;
    sum += weights[index] as number;
  });
  return weights.map((weight) => (weight * outputs.length) / sum);
}
