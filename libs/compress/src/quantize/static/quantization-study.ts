import type { GraphNode, OnnxModel } from '@hamon/onnx';
import { calibrateRange } from '../calibrate/calibrate-range.js';
import type { Calibrator } from '../options.js';
import type { Range } from '../quantization-parameters.js';
import type { ActivationObserver } from './activation-observer.js';
import { correctBias } from './correct-bias.js';
import type { HeldOutComparison } from './held-out-comparison.js';
import { insertQuantization, type InsertionOptions } from './insert-quantization.js';
import { planQuantization, type QuantizationPlan } from './plan-quantization.js';

/** Everything that decides about an int8 form of a model beside the plan. */
export interface QuantizationSettings extends InsertionOptions {
  readonly calibrator: Calibrator;
  readonly percentile: number;
  readonly biasCorrection: boolean;
}

/** A prepared float model, what its int8 forms are built from, and what they are compared on. */
export interface QuantizationStudy {
  /** See {@link prepareModel}. */
  readonly model: OnnxModel;
  /** Nodes that stay float in any case. */
  readonly keepFloat: (node: GraphNode) => boolean;
  /** On the samples that give ranges. */
  readonly observer: ActivationObserver;
  /** On the samples that decide between int8 forms. */
  readonly comparison: HeldOutComparison;
}

/** The same samples and the same comparison for another form of the prepared model. */
export const studyOf = (study: QuantizationStudy, model: OnnxModel): QuantizationStudy => ({
  ...study,
  model,
  observer: study.observer.of(model),
});

/** @param alsoFloat further nodes that stay float */
export const planOf = (
  { model, keepFloat }: QuantizationStudy,
  alsoFloat: (node: GraphNode) => boolean = () => false,
): QuantizationPlan => planQuantization(model.graph, (node) => keepFloat(node) || alsoFloat(node));

/** How the source model calls the node that makes a tensor. */
export const sourceNameOf = ({ model }: QuantizationStudy, output: string): string =>
  model.graph.producerOf(output)?.sources[0] ?? output;

export async function buildQuantized(
  { model, observer }: QuantizationStudy,
  plan: QuantizationPlan,
  settings: QuantizationSettings,
): Promise<OnnxModel> {
  const ranges = new Map<string, Range>();
  for (const [tensor, histogram] of await observer.histogramsOf(plan.tensors.values())) {
    // What is fed is known to the last value; only inner activations have tails worth clipping.
    const calibrator = model.graph.isInput(tensor) ? 'minmax' : settings.calibrator;
    ranges.set(tensor, calibrateRange(histogram, calibrator, settings.percentile));
  }
  const base = settings.biasCorrection
    ? correctBias(model, plan.layers, await observer.inputMeansOf(plan.layers), settings)
    : model;
  return insertQuantization(base, plan, ranges, settings);
}
