import { topIndex } from '@hamon/tasks';
import type { OnnxModel } from '@hamon/onnx';
import { outputsOfModel } from '../../dataset/run-samples.js';
import { isLabelled, type CalibrationSource } from '../../dataset/sample-source.js';
import { outputDistance } from '../output-distance.js';

/** How near a model comes to the original on held-out calibration samples. */
export interface Fidelity {
  /** See {@link outputDistance}. */
  readonly distance: number;
  /** Share of samples with the same best class. */
  readonly agreement: number;
  /** Share of samples with the right class; only with labels. */
  readonly accuracy: number | undefined;
}

/**
 * Compares models with the original as it was handed in, on calibration samples that give no ranges. The original is not
 * the prepared model: a fault of preparing shows as distance, too.
 */
export class HeldOutComparison {
  private originalOutputs: Promise<readonly Float32Array[]> | undefined;

  constructor(
    private readonly original: OnnxModel,
    readonly samples: CalibrationSource,
    private readonly signal?: AbortSignal,
  ) {}

  /** The same original on other samples. */
  on(samples: CalibrationSource): HeldOutComparison {
    return new HeldOutComparison(this.original, samples, this.signal);
  }

  async fidelityOf(model: OnnxModel): Promise<Fidelity> {
    return this.compare(await this.outputsOfOriginal(), await this.outputsOf(model));
  }

  /** The original beside itself: distance 0, agreement 1, and its accuracy. */
  async fidelityOfOriginal(): Promise<Fidelity> {
    const outputs = await this.outputsOfOriginal();
    return this.compare(outputs, outputs);
  }

  private compare(original: readonly Float32Array[], outputs: readonly Float32Array[]): Fidelity {
    const { samples } = this;
    let [same, right] = [0, 0];
    outputs.forEach((values, index) => {
      const top = topIndex(values);
      if (top === topIndex(original[index] ?? values)) same += 1;
      if (isLabelled(samples) && top === samples.labelOf(index)) right += 1;
    });
    return {
      distance: outputDistance(original, outputs),
      agreement: same / outputs.length,
      accuracy: isLabelled(samples) ? right / outputs.length : undefined,
    };
  }

  private outputsOfOriginal(): Promise<readonly Float32Array[]> {
    this.originalOutputs ??= this.outputsOf(this.original);
    return this.originalOutputs;
  }

  private outputsOf(model: OnnxModel): Promise<readonly Float32Array[]> {
    return outputsOfModel(model, this.samples, { signal: this.signal, threads: 1 });
  }
}
