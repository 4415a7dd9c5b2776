import { topIndex } from '@hamon/inference';
import type { GraphNode, OnnxModel } from '@hamon/onnx';
import { isLabelled, type CalibrationSource } from '../../dataset/sample-source.js';
import { outputsOf } from '../../runtime/run-samples.js';
import { TensorSession } from '../../runtime/tensor-session.js';
import { calibrateRange } from '../calibrate/calibrate-range.js';
import type { Histogram } from '../calibrate/histogram.js';
import { observeActivations } from '../calibrate/observe-activations.js';
import type { Calibrator } from '../options.js';
import { outputDistance } from '../output-distance.js';
import type { Range } from '../quantization-parameters.js';
import { channelMeans } from './channel-means.js';
import { correctBias, inputsOf } from './correct-bias.js';
import { insertQuantization, type InsertionOptions } from './insert-quantization.js';
import { planQuantization, type QuantizationPlan } from './plan-quantization.js';

/** How near a candidate comes to the original model on held-out calibration samples. */
export interface Judgement {
  /** See {@link outputDistance}. */
  readonly distance: number;
  /** Share of samples with the same best class. */
  readonly agreement: number;
  /** Share of samples with the right class; only with labels. */
  readonly accuracy: number | undefined;
}

/** What a candidate is made of. */
export interface Recipe extends InsertionOptions {
  readonly calibrator: Calibrator;
  readonly percentile: number;
  readonly biasCorrection: boolean;
}

/**
 * One prepared float model with what calibration found out about it: histograms of activations. Candidates are built from
 * it, and judged against what the original gives for held-out samples: a fault of preparing shows as distance, too.
 */
export class QuantizationStudy {
  private histograms = new Map<string, Histogram>();
  private inputMeans = new Map<string, Float64Array>();
  private reference: Promise<readonly Float32Array[]> | undefined;

  constructor(
    /** As it was handed in; nothing but its outputs is used. */
    private readonly original: OnnxModel,
    /** Prepared, see {@link prepareModel}. */
    readonly model: OnnxModel,
    /** Gives ranges. */
    readonly fit: CalibrationSource,
    /** Decides between candidates. */
    readonly held: CalibrationSource,
    /** Nodes that stay float in any case. */
    readonly keepFloat: (node: GraphNode) => boolean,
    private readonly signal?: AbortSignal,
  ) {}

  /** The same study, judging on other samples. What is observed by one is known to the other. */
  judgingOn(held: CalibrationSource): QuantizationStudy {
    const { original, model, fit, keepFloat, signal } = this;
    const other = new QuantizationStudy(original, model, fit, held, keepFloat, signal);
    other.histograms = this.histograms;
    other.inputMeans = this.inputMeans;
    return other;
  }

  /** The same samples and the same judge for another form of the prepared model. */
  ofModel(model: OnnxModel): QuantizationStudy {
    const { original, fit, held, keepFloat, signal } = this;
    const other = new QuantizationStudy(original, model, fit, held, keepFloat, signal);
    other.reference = this.reference;
    return other;
  }

  /** How the source model calls the node that makes a tensor. */
  nameOf(output: string): string {
    return this.model.graph.producerOf(output)?.sources[0] ?? output;
  }

  /** @param alsoFloat further nodes that stay float */
  plan(alsoFloat: (node: GraphNode) => boolean = () => false): QuantizationPlan {
    return planQuantization(this.model.graph, (node) => this.keepFloat(node) || alsoFloat(node));
  }

  async build(plan: QuantizationPlan, recipe: Recipe): Promise<OnnxModel> {
    await this.observe(new Set(plan.tensors.values()));
    const ranges = new Map<string, Range>();
    for (const [tensor, histogram] of this.histograms) {
      // What is fed is known to the last value; only inner activations have tails worth clipping.
      const calibrator = this.model.graph.isInput(tensor) ? 'minmax' : recipe.calibrator;
      ranges.set(tensor, calibrateRange(histogram, calibrator, recipe.percentile));
    }
    const base = recipe.biasCorrection
      ? correctBias(this.model, plan.layers, await this.means(plan.layers), recipe)
      : this.model;
    return insertQuantization(base, plan, ranges, recipe);
  }

  async judge(candidate: OnnxModel): Promise<Judgement> {
    this.reference ??= this.outputs(this.original);
    return this.compare(await this.reference, await this.outputs(candidate));
  }

  /** The original's own judgement: distance 0, agreement 1, and its accuracy. */
  async judgeReference(): Promise<Judgement> {
    this.reference ??= this.outputs(this.original);
    const outputs = await this.reference;
    return this.compare(outputs, outputs);
  }

  private compare(reference: readonly Float32Array[], outputs: readonly Float32Array[]): Judgement {
    const { held } = this;
    let [same, right] = [0, 0];
    outputs.forEach((values, index) => {
      const top = topIndex(values);
      if (top === topIndex(reference[index] ?? values)) same += 1;
      if (isLabelled(held) && top === held.labelOf(index)) right += 1;
    });
    return {
      distance: outputDistance(reference, outputs),
      agreement: same / outputs.length,
      accuracy: isLabelled(held) ? right / outputs.length : undefined,
    };
  }

  private async observe(tensors: ReadonlySet<string>): Promise<void> {
    const missing = [...tensors].filter((tensor) => !this.histograms.has(tensor));
    if (missing.length === 0) return;
    const found = await observeActivations(this.model, this.fit, missing, this.signal);
    for (const [tensor, histogram] of found) this.histograms.set(tensor, histogram);
  }

  private async means(layers: readonly string[]): Promise<ReadonlyMap<string, Float64Array>> {
    const requests = inputsOf(this.model.graph, layers);
    const missing = requests.filter(({ tensor }) => !this.inputMeans.has(tensor));
    if (missing.length > 0)
      for (const [tensor, mean] of await channelMeans(this.model, this.fit, missing, this.signal))
        this.inputMeans.set(tensor, mean);
    return this.inputMeans;
  }

  private async outputs(model: OnnxModel): Promise<readonly Float32Array[]> {
    const session = await TensorSession.open(model, { signal: this.signal, threads: 1 });
    try {
      return await outputsOf(session, this.held);
    } finally {
      await session.close();
    }
  }
}
