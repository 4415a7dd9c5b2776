import type { RegressionAnswer, RegressionSpec, RegressionSummary, ValueSummary } from '@hamon/contracts';
import { CONFIDENCE_BINS, confidenceBin } from '@hamon/stats';
import type { Collector, Summaries } from '../task.js';
import { addAll } from '../shared/numbers.js';
import { mergeByName } from './merge-by-name.js';

type Value = RegressionSpec['values'][number];

class Summary implements Collector<RegressionAnswer, RegressionSummary> {
  private answers = 0;
  private readonly values: ValueSummary[];

  constructor(private readonly spec: RegressionSpec) {
    this.values = spec.values.map(emptyValue);
  }

  add({ values }: RegressionAnswer): void {
    this.answers += 1;
    this.spec.values.forEach((value, i) => {
      const number = values[value.name];
      const sum = this.values[i];
      if (number !== undefined && sum) this.values[i] = mergeValues(sum, oneValue(value, number));
    });
  }

  build(): RegressionSummary {
    return { kind: 'regression/1', answers: this.answers, values: [...this.values] };
  }
}

function emptyValue({ name, minimum, maximum }: Value): ValueSummary {
  const bins = minimum === undefined || maximum === undefined ? {} : { bins: noBins() };
  return { name, count: 0, mean: 0, squares: 0, minimum: 0, maximum: 0, below: 0, above: 0, ...bins };
}

const noBins = (): number[] => new Array<number>(CONFIDENCE_BINS).fill(0);

function oneValue({ name, minimum, maximum }: Value, value: number): ValueSummary {
  const one = {
    name,
    count: 1,
    mean: value,
    squares: 0,
    minimum: value,
    maximum: value,
    below: minimum !== undefined && value < minimum ? 1 : 0,
    above: maximum !== undefined && value > maximum ? 1 : 0,
  };
  if (minimum === undefined || maximum === undefined) return one;
  const bins = noBins();
  bins[confidenceBin((value - minimum) / (maximum - minimum))] = 1;
  return { ...one, bins };
}

/** Means and squares by Chan, Golub and LeVeque, so that nothing is lost beside a large mean. */
function mergeValues(a: ValueSummary, b: ValueSummary): ValueSummary {
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  const count = a.count + b.count;
  const shift = b.mean - a.mean;
  // Other limits make other bins: those of one alone would stand for both.
  const bins = a.bins && b.bins ? { bins: addAll(a.bins, b.bins) } : {};
  return {
    name: a.name,
    count,
    mean: a.mean + (shift * b.count) / count,
    squares: a.squares + b.squares + (shift * shift * a.count * b.count) / count,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
    below: a.below + b.below,
    above: a.above + b.above,
    ...bins,
  };
}

export const summaries: Summaries<'regression'> = {
  collect: (spec) => new Summary(spec),
  merge: (a, b) => ({
    kind: 'regression/1',
    answers: a.answers + b.answers,
    values: mergeByName(a.values, b.values, mergeValues),
  }),
};
