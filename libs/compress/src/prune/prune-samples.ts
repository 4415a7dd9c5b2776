import type { OnnxModel } from '@hamon/onnx';
import { outputsOfModel } from '../dataset/run-samples.js';
import type { CalibrationSource } from '../dataset/sample-source.js';
import { drawSamples, splitSamples } from '../dataset/split-source.js';
import { batchLength } from './batch-length.js';
import type { WeightedSamples } from './gather-moments.js';
import { withMirrored } from './mirrored-samples.js';
import type { CheckedPruneOptions } from './prune-options.js';
import { sampleWeights } from './sample-weights.js';

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
