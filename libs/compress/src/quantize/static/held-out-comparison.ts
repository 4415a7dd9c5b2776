import { topIndex } from '@hamon/tasks';
import type { OnnxModel } from '@hamon/onnx';
import { countedOutputs } from '../../dataset/run-samples.js';
import { isLabelled, type CalibrationSource } from '../../dataset/sample-source.js';
import { pickSamples } from '../../dataset/split-source.js';
import { TensorSession } from '../../runtime/tensor-session.js';
import type { Outputs } from '../../runtime/tensor-value.js';
import { OutputDistance } from '../output-distance.js';

/** How near a model comes to the original on held-out calibration samples. */
export interface Fidelity {
  /** See {@link OutputDistance}. */
  readonly distance: number;
  /** Share of samples with the same best class; only where the outputs are one vector of scores. */
  readonly agreement: number | undefined;
  /** Share of samples with the right class; only with labels. */
  readonly accuracy: number | undefined;
}

/** The original, run over as many of the samples as there is room for its outputs. */
interface Reference {
  readonly samples: CalibrationSource;
  readonly outputs: readonly Outputs[];
}

/** Outputs of the original that are kept; a large detector's take some megabytes for each sample. */
const REFERENCE_BYTES = 192 * 1024 * 1024;

/**
 * Compares models with the original as it was handed in, on calibration samples that give no ranges. The original is not
 * the prepared model: a fault of preparing shows as distance, too.
 */
export class HeldOutComparison {
  private reference: Promise<Reference> | undefined;

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
    const { samples, outputs } = await this.ofOriginal();
    const comparison = new Comparison(samples);
    await this.run(model, samples, (found, index) => comparison.add(index, outputs[index] ?? {}, found));
    return comparison.fidelity;
  }

  /** The original beside itself: distance 0, agreement 1, and its accuracy. */
  async fidelityOfOriginal(): Promise<Fidelity> {
    const { samples, outputs } = await this.ofOriginal();
    const comparison = new Comparison(samples);
    outputs.forEach((found, index) => comparison.add(index, found, found));
    return comparison.fidelity;
  }

  private ofOriginal(): Promise<Reference> {
    this.reference ??= this.runOriginal();
    return this.reference;
  }

  private async runOriginal(): Promise<Reference> {
    const outputs: Outputs[] = [];
    let free = REFERENCE_BYTES;
    await this.run(this.original, this.samples, (found) => {
      // A copy: what came over the pipe is a view into the whole answer.
      outputs.push(copyOf(found));
      free -= Object.values(found).reduce((sum, { data }) => sum + data.byteLength, 0);
      return free > 0;
    });
    // They come in a drawn order: the first of them speak for all.
    const indices = outputs.map((_, index) => index);
    const isWhole = outputs.length === this.samples.count;
    return { samples: isWhole ? this.samples : pickSamples(this.samples, indices), outputs };
  }

  /** @param take gives `false` to end the run */
  private async run(
    model: OnnxModel,
    samples: CalibrationSource,
    take: (outputs: Outputs, index: number) => boolean | void,
  ): Promise<void> {
    const session = await TensorSession.open(model, { signal: this.signal, threads: 1 });
    let index = 0;
    try {
      for await (const outputs of countedOutputs(session, samples)) {
        if (take(outputs, index) === false) return;
        index += 1;
      }
    } finally {
      await session.close();
    }
  }
}

/** One model beside the original, sample by sample. */
class Comparison {
  private readonly outputs = new OutputDistance();
  private count = 0;
  private same = 0;
  private right = 0;
  private areVectors = true;

  constructor(private readonly samples: CalibrationSource) {}

  add(index: number, original: Outputs, found: Outputs): void {
    this.outputs.add(original, found);
    this.count += 1;
    const scores = onlyVector(original);
    const [own] = Object.values(found);
    if (scores === undefined || own === undefined) {
      this.areVectors = false;
      return;
    }
    const top = topIndex(own.data);
    if (top === topIndex(scores)) this.same += 1;
    if (isLabelled(this.samples) && top === this.samples.labelOf(index)) this.right += 1;
  }

  get fidelity(): Fidelity {
    const { areVectors, count } = this;
    return {
      distance: this.outputs.distance,
      agreement: areVectors ? this.same / count : undefined,
      accuracy: areVectors && isLabelled(this.samples) ? this.right / count : undefined,
    };
  }
}

/** One score per class, where a sample's outputs are nothing else. */
function onlyVector(outputs: Outputs): Float32Array | undefined {
  const [only, ...others] = Object.values(outputs);
  if (only === undefined || others.length > 0) return undefined;
  return only.data.length > 1 && Math.max(...only.dims) === only.data.length ? only.data : undefined;
}

const copyOf = (outputs: Outputs): Outputs =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]),
  );
