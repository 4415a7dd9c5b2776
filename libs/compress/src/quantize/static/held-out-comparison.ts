import { topIndex, type Tensors } from '@hamon/tasks';
import type { OnnxModel } from '@hamon/onnx';
import { recordOutputs, type RecordedOutputs } from '../../dataset/run-samples.js';
import { isLabelled, type CalibrationSource } from '../../dataset/sample-source.js';
import { SampleQuality } from '../../dataset/sample-quality.js';
import { PLAIN } from '../../judge/yardstick.js';
import { OutputDistance } from '../../judge/output-distance.js';

/** How near a model comes to the original on held-out calibration samples. */
export interface Fidelity {
  /** By the measure of the task, see `Yardstick`. */
  readonly distance: number;
  /** Of the outputs as such, see {@link OutputDistance}. */
  readonly outputError: number;
  /** Share of samples with the same best class; only where an answer is one label. */
  readonly agreement: number | undefined;
  /** Share of samples with the right class, or the headline figure of another task; only where the truth is known. */
  readonly accuracy: number | undefined;
}

/**
 * Compares models with the original as it was handed in, on calibration samples that give no ranges. The original is not
 * the prepared model: a fault of preparing shows as distance, too.
 */
export class HeldOutComparison {
  private reference: Promise<RecordedOutputs<CalibrationSource>> | undefined;

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
    // Samples come in a drawn order: where there is no room for all, the first speak for the rest.
    const { samples, outputs: original } = await this.ofOriginal();
    const { outputs } = await this.run(model, samples);
    return compare(samples, original, outputs);
  }

  /** The original beside itself: distance 0, agreement 1, and its accuracy. */
  async fidelityOfOriginal(): Promise<Fidelity> {
    const { samples, outputs } = await this.ofOriginal();
    return compare(samples, outputs, outputs);
  }

  private ofOriginal(): Promise<RecordedOutputs<CalibrationSource>> {
    this.reference ??= this.run(this.original, this.samples);
    return this.reference;
  }

  private run(model: OnnxModel, samples: CalibrationSource): Promise<RecordedOutputs<CalibrationSource>> {
    return recordOutputs(model, samples, { signal: this.signal, threads: 1 });
  }
}

async function compare(
  samples: CalibrationSource,
  original: readonly Tensors[],
  outputs: readonly Tensors[],
): Promise<Fidelity> {
  const { yardstick = PLAIN } = samples;
  const asSuch = new OutputDistance();
  original.forEach((tensors, sample) => asSuch.add(tensors, outputs[sample] ?? new Map()));
  return {
    distance: yardstick.distance(original, outputs),
    outputError: asSuch.distance,
    ...(await sharesOf(samples, original.map(topOf), outputs, topOf)),
  };

  function topOf(tensors: Tensors): number | undefined {
    const scores = yardstick.scoresOf(tensors);
    return scores === undefined ? undefined : topIndex(scores);
  }
}

async function sharesOf(
  samples: CalibrationSource,
  original: readonly (number | undefined)[],
  outputs: readonly Tensors[],
  topOf: (tensors: Tensors) => number | undefined,
): Promise<Pick<Fidelity, 'agreement' | 'accuracy'>> {
  if (original.includes(undefined))
    return { agreement: undefined, accuracy: await headline(samples, outputs) };
  const answers = outputs.map(topOf);
  const share = (holds: (answer: number | undefined, index: number) => boolean): number =>
    answers.filter(holds).length / answers.length;
  return {
    agreement: share((answer, index) => answer === original[index]),
    accuracy: isLabelled(samples) ? share((answer, index) => answer === samples.labelOf(index)) : undefined,
  };
}

async function headline(
  samples: CalibrationSource,
  outputs: readonly Tensors[],
): Promise<number | undefined> {
  const quality = SampleQuality.over(samples);
  if (quality === undefined) return undefined;
  for (const [index, tensors] of outputs.entries()) await quality.add(index, tensors);
  return quality.build().value;
}
