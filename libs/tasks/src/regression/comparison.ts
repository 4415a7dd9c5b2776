import {
  LARGEST_MEASURE,
  type RegressionAnswer,
  type RegressionComparison,
  type RegressionSpec,
  type ValueComparison,
} from '@hamon/contracts';
import { concordance, emptyPairs, mergePairs, withPair } from '@hamon/stats';
import type { Comparisons, PairCollector } from '../task.js';
import { mergeByName } from './merge-by-name.js';

class Pairs implements PairCollector<'regression'> {
  frames = 0;
  private readonly values: ValueComparison[];

  constructor({ values }: RegressionSpec) {
    this.values = values.map(({ name, minimum, maximum }) => ({
      name,
      ...(minimum === undefined || maximum === undefined ? {} : { range: maximum - minimum }),
      ...emptyPairs(),
    }));
  }

  add({ values: first }: RegressionAnswer, { values: second }: RegressionAnswer): void {
    this.frames += 1;
    this.values.forEach((value, i) => {
      const [one, other] = [first[value.name], second[value.name]];
      if (one === undefined || other === undefined) return;
      this.values[i] = { ...value, ...withPair(value, one, other) };
    });
  }

  build(): RegressionComparison {
    return { kind: 'regression/1', frames: this.frames, values: [...this.values] };
  }
}

function mergeValues(a: ValueComparison, b: ValueComparison): ValueComparison {
  const { count, meanFirst, meanSecond, squaresFirst, squaresSecond, products } = mergePairs(a, b);
  const ranges = [a.range, b.range].filter((range) => range !== undefined);
  return {
    name: a.name,
    ...(ranges.length === 0 ? {} : { range: Math.max(...ranges) }),
    count,
    meanFirst,
    meanSecond,
    squaresFirst,
    squaresSecond,
    products,
  };
}

export const comparisons: Comparisons<'regression'> = {
  empty: () => ({ kind: 'regression/1', frames: 0, values: [] }),
  collect: (spec) => new Pairs(spec),
  merge: (a, b) => ({
    kind: 'regression/1',
    frames: a.frames + b.frames,
    values: mergeByName(a.values, b.values, mergeValues),
  }),
  transpose: ({ values, ...rest }) => ({
    ...rest,
    values: values.map(({ meanFirst, meanSecond, squaresFirst, squaresSecond, ...of }) => ({
      ...of,
      meanFirst: meanSecond,
      meanSecond: meanFirst,
      squaresFirst: squaresSecond,
      squaresSecond: squaresFirst,
    })),
  }),
  fault: ({ frames, values }) => {
    const names = values.map(({ name }) => name);
    const twice = names.find((name, place) => names.indexOf(name) !== place);
    if (twice !== undefined) return `"${twice}" is compared twice`;
    const wrong = values.find((value) => value.count > frames || !isPossible(value));
    return wrong && `the sums of "${wrong.name}" contradict each other`;
  },
  measure: 'concordance',
  agreement: ({ values }) => {
    const found = values.flatMap((value) => concordance(value, 1)?.value ?? []);
    return found.length === 0 ? null : Math.min(...found);
  },
  anotherJob: 0.3,
};

/** Cauchy and Schwarz, with room for rounding, and for squares too small for a number. */
function isPossible(value: ValueComparison): boolean {
  const { count, range = 1, meanFirst, meanSecond, squaresFirst, squaresSecond, products } = value;
  const most = Math.sqrt(squaresFirst) * Math.sqrt(squaresSecond);
  return (
    range > 0 &&
    range <= 2 * LARGEST_MEASURE &&
    areOfMeasures(count, meanFirst, squaresFirst) &&
    areOfMeasures(count, meanSecond, squaresSecond) &&
    Math.abs(products) <= most * (1 + 1e-6) + 1e-60
  );
}

/** Is the sum of the values' own squares one of so many values? What holds of two windows then holds of both together. */
const areOfMeasures = (count: number, mean: number, squares: number): boolean =>
  squares >= 0 && squares + count * mean * mean <= count * LARGEST_MEASURE ** 2 * (1 + 1e-6);
