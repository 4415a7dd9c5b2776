import { topIndex, type Quality as TaskQuality, type Tensors } from '@hamon/tasks';
import type { SampleSource } from '../dataset/sample-source.js';
import { SampleQuality } from '../dataset/sample-quality.js';
import { bytesOf, PLAIN } from '../judge/yardstick.js';
import { isDistribution } from '../judge/tensor-distance.js';

/** How well a variant answers, over one set of samples. Shares are in [0, 1]. */
export interface Quality {
  readonly samples: number;
  /** In the measure of the model's task, where it is known what the samples show. */
  readonly quality?: Omit<TaskQuality, 'samples'>;
  /** Share of right labels, with labelled samples. */
  readonly accuracy?: number;
  /** Mean of the shares of right labels of each class that occurs. */
  readonly balancedAccuracy?: number;
  /** Share of samples with the original's label, where the model gives labels. */
  readonly agreement?: number;
  /** Mean Kullback-Leibler divergence from the original's probabilities, in nats. */
  readonly klToFp32?: number;
  /** Of other tasks, and of models without any: how far the outputs are from the original's, by the task's measure. */
  readonly outputError?: number;
}

/** The figure of quality that variants are compared by: the task's headline, of which more is better and 1 is perfect. */
export const headlineOf = (quality: Pick<Quality, 'quality' | 'accuracy'> | undefined): number | undefined =>
  quality?.quality?.value ?? quality?.accuracy;

/** Outputs that are kept of each set, to be held against another model's; of more, every second, third … sample. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** Gathers the outputs of one model over one set of samples, and compares them with those of the original. */
export class QualityMeter {
  private readonly quality: SampleQuality | undefined;
  private readonly kept = new Map<number, Tensors>();
  private every = 1;

  constructor(private readonly source: SampleSource) {
    this.quality = SampleQuality.over(source);
  }

  async take(index: number, outputs: Tensors): Promise<void> {
    if (index === 0)
      this.every = Math.max(1, Math.ceil((this.source.count * bytesOf(outputs)) / MAX_KEPT_BYTES));
    if (index % this.every === 0) this.kept.set(index, outputs);
    await this.quality?.add(index, outputs);
  }

  /** @param original what was gathered of the original over the same samples */
  build(original: QualityMeter): Quality {
    const samples = this.source.count;
    if (samples === 0) return { samples };
    return { samples, ...this.figures(), ...this.beside(original) };
  }

  private figures(): Pick<Quality, 'quality' | 'accuracy' | 'balancedAccuracy'> {
    if (this.quality === undefined) return {};
    const { metric, value, figures } = this.quality.build();
    const { accuracy, balancedAccuracy } = figures;
    return {
      quality: { metric, value, figures },
      ...(accuracy === undefined ? {} : { accuracy }),
      ...(balancedAccuracy === undefined ? {} : { balancedAccuracy }),
    };
  }

  private beside(original: QualityMeter): Pick<Quality, 'agreement' | 'klToFp32' | 'outputError'> {
    const { yardstick = PLAIN } = this.source;
    const indices = [...original.kept.keys()].filter((index) => this.kept.has(index));
    const before = indices.map((index) => original.kept.get(index) as Tensors);
    const after = indices.map((index) => this.kept.get(index) as Tensors);
    const distance = yardstick.distance(before, after);
    const scores = before.map((tensors) => yardstick.scoresOf(tensors)).filter((one) => one !== undefined);
    if (yardstick === PLAIN || scores.length < before.length) return { outputError: distance };
    const same = after.filter((tensors, at) => {
      const own = yardstick.scoresOf(tensors);
      return own !== undefined && topIndex(own) === topIndex(scores[at] ?? []);
    });
    const compared = scores.every(isDistribution) ? { klToFp32: distance } : { outputError: distance };
    return { agreement: same.length / after.length, ...compared };
  }
}
