import type { BundleInput, ClassificationSpec, FrameSize } from '@hamon/contracts';
import type { Quality, QualityCollector } from '../task.js';
import type { Tensors } from '../tensors.js';
import type { FrameTruth } from '../truth.js';
import { meanOf } from '../shared/numbers.js';
import { decoder } from './decode.js';

/** Right answers and frames by true label. */
class ClassificationQuality implements QualityCollector {
  private readonly right: number[];
  private readonly frames: number[];
  private readonly decode;

  constructor(private readonly spec: ClassificationSpec) {
    this.decode = decoder(spec);
    this.right = spec.labels.map(() => 0);
    this.frames = spec.labels.map(() => 0);
  }

  add(tensors: Tensors, frame: FrameSize, { label }: FrameTruth): string | undefined {
    const place = label === undefined ? -1 : this.spec.labels.indexOf(label);
    if (place < 0)
      return label === undefined ? 'no label is given' : `"${label}" is not one of output.labels`;
    const answer = this.decode(tensors, frame);
    if (!answer.ok) return answer.error.detail;
    this.frames[place] = (this.frames[place] ?? 0) + 1;
    if (answer.value.label === label) this.right[place] = (this.right[place] ?? 0) + 1;
    return undefined;
  }

  merge(other: ClassificationQuality): void {
    for (const [i, n] of other.frames.entries()) this.frames[i] = (this.frames[i] ?? 0) + n;
    for (const [i, n] of other.right.entries()) this.right[i] = (this.right[i] ?? 0) + n;
  }

  build(): Quality {
    const samples = this.frames.reduce((sum, n) => sum + n, 0);
    const right = this.right.reduce((sum, n) => sum + n, 0);
    const accuracy = samples === 0 ? 0 : right / samples;
    const shares = this.frames.flatMap((n, i) => (n === 0 ? [] : [(this.right[i] ?? 0) / n]));
    const balancedAccuracy = meanOf(shares);
    return { samples, metric: 'accuracy', value: accuracy, figures: { accuracy, balancedAccuracy } };
  }
}

export const quality = {
  needs: 'label' as const,
  collect: (spec: ClassificationSpec, _input: BundleInput): QualityCollector =>
    new ClassificationQuality(spec),
};
