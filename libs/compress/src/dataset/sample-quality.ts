import type { Quality, QualityCollector, Tensors } from '@hamon/tasks';
import type { SampleSource } from './sample-source.js';
import { CompressError } from '../errors.js';
import { copyOf } from '../judge/yardstick.js';

/** Gathers a model's outputs beside what the samples are known to show; `undefined` where that is not known. */
export class SampleQuality {
  private constructor(
    private readonly samples: Required<Pick<SampleSource, 'frameOf' | 'truthOf'>>,
    private readonly collector: QualityCollector,
  ) {}

  static over({ yardstick, frameOf, truthOf }: SampleSource): SampleQuality | undefined {
    if (yardstick?.quality === undefined || frameOf === undefined || truthOf === undefined) return undefined;
    return new SampleQuality({ frameOf, truthOf }, yardstick.quality.collect());
  }

  /** @throws CompressError `dataset-invalid` where truth and outputs do not go together */
  async add(index: number, tensors: Tensors): Promise<void> {
    const { frameOf, truthOf } = this.samples;
    const problem = this.collector.add(copyOf(tensors), await frameOf(index), await truthOf(index));
    if (problem !== undefined) throw new CompressError('dataset-invalid', `sample ${index}: ${problem}`);
  }

  build(): Quality {
    return this.collector.build();
  }
}
