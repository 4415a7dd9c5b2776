import type { BundleInput, FrameSize, RegressionSpec } from '@hamon/contracts';
import { emptyPairs, mergePairs, withPair, type PairMoments } from '@hamon/stats';
import type { Quality, QualityCollector } from '../task.js';
import type { Tensors } from '../tensors.js';
import type { FrameTruth } from '../truth.js';
import { meanOf } from '../shared/numbers.js';
import { decoder } from './decode.js';

/** Sums over images of one value: absolute and squared errors, and the moments of what is true. */
interface Errors {
  readonly absolute: number;
  readonly squared: number;
  readonly truth: PairMoments;
}

interface Figures {
  readonly MAE: number;
  readonly RMSE: number;
  readonly R2: number;
}

class RegressionQuality implements QualityCollector {
  private samples = 0;
  private readonly errors: Errors[];
  private readonly decode;

  constructor(private readonly spec: RegressionSpec) {
    this.decode = decoder(spec);
    this.errors = spec.values.map(() => ({ absolute: 0, squared: 0, truth: emptyPairs() }));
  }

  add(tensors: Tensors, frame: FrameSize, { values: truth }: FrameTruth): string | undefined {
    if (!truth) return 'no values are given';
    const missing = this.spec.values.find(({ name }) => !Number.isFinite(truth[name]));
    if (missing) return `no "${missing.name}" is given`;
    const answer = this.decode(tensors, frame);
    if (!answer.ok) return answer.error.detail;
    this.spec.values.forEach(({ name }, i) => {
      const right = truth[name] ?? NaN;
      const error = (answer.value.values[name] ?? NaN) - right;
      const one = {
        absolute: Math.abs(error),
        squared: error * error,
        truth: withPair(emptyPairs(), right, 0),
      };
      this.errors[i] = addErrors(this.errors[i] as Errors, one);
    });
    this.samples += 1;
    return undefined;
  }

  merge(other: RegressionQuality): void {
    this.samples += other.samples;
    other.errors.forEach((errors, i) => {
      this.errors[i] = addErrors(this.errors[i] as Errors, errors);
    });
  }

  build(): Quality {
    const byValue = this.errors.map(figuresOf);
    const mean = (figure: keyof Figures): number => meanOf(byValue.map((figures) => figures[figure]));
    const R2 = mean('R2');
    const each = byValue.flatMap((figures, i) =>
      Object.entries(figures).map(([figure, value]) => [
        `${figure}.${this.spec.values[i]?.name ?? ''}`,
        value,
      ]),
    );
    return {
      samples: this.samples,
      metric: 'R2',
      value: R2,
      figures: {
        R2,
        MAE: mean('MAE'),
        RMSE: mean('RMSE'),
        ...(byValue.length === 1 ? {} : Object.fromEntries(each)),
      },
    };
  }
}

const addErrors = (a: Errors, b: Errors): Errors => ({
  absolute: a.absolute + b.absolute,
  squared: a.squared + b.squared,
  truth: mergePairs(a.truth, b.truth),
});

/** Where the truth never varies there is nothing to explain, and R² is 0. */
function figuresOf({ absolute, squared, truth: { count, squaresFirst } }: Errors): Figures {
  const images = Math.max(1, count);
  return {
    MAE: absolute / images,
    RMSE: Math.sqrt(squared / images),
    R2: squaresFirst === 0 ? 0 : 1 - squared / squaresFirst,
  };
}

export const quality = {
  needs: 'values' as const,
  collect: (spec: RegressionSpec, _input: BundleInput): QualityCollector => new RegressionQuality(spec),
};
