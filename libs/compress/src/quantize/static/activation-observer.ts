import type { OnnxModel } from '@hamon/onnx';
import type { CalibrationSource } from '../../dataset/sample-source.js';
import type { Histogram } from '../calibrate/histogram.js';
import { observeActivations } from '../calibrate/observe-activations.js';
import { channelMeans } from './channel-means.js';
import { inputsOf } from './correct-bias.js';

/**
 * What the tensors of a prepared float model hold on calibration samples. Each tensor is looked at once, however many int8
 * forms of the model ask for it.
 */
export class ActivationObserver {
  private readonly histograms = new Map<string, Histogram>();
  private readonly means = new Map<string, Float64Array>();

  constructor(
    private readonly model: OnnxModel,
    readonly samples: CalibrationSource,
    private readonly signal?: AbortSignal,
  ) {}

  /** The same samples for another form of the model. */
  of(model: OnnxModel): ActivationObserver {
    return new ActivationObserver(model, this.samples, this.signal);
  }

  /** Histograms of these tensors, and of all that were asked for before. */
  async histogramsOf(tensors: Iterable<string>): Promise<ReadonlyMap<string, Histogram>> {
    const missing = [...new Set(tensors)].filter((tensor) => !this.histograms.has(tensor));
    if (missing.length > 0)
      for (const [tensor, histogram] of await observeActivations(
        this.model,
        this.samples,
        missing,
        this.signal,
      ))
        this.histograms.set(tensor, histogram);
    return this.histograms;
  }

  /** Channel means of what these layers read, and of all that were asked for before. */
  async inputMeansOf(layers: readonly string[]): Promise<ReadonlyMap<string, Float64Array>> {
    const missing = inputsOf(this.model.graph, layers).filter(({ tensor }) => !this.means.has(tensor));
    if (missing.length > 0)
      for (const [tensor, mean] of await channelMeans(this.model, this.samples, missing, this.signal))
        this.means.set(tensor, mean);
    return this.means;
  }
}
