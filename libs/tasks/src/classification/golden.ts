import type { Golden } from '../task.js';
import { topIndex } from '../shared/top-index.js';

/** A single probability of the same file on other hardware; quantised models round, and saturate, more differently. */
const TOLERANCE = { original: 0.02, other: 0.05 };
/** Float error around 0 and 1 that is no sign of a missing activation. */
const PROBABILITY_SLACK = 1e-3;

export const golden: Golden<'classification'> = {
  /** Two labels closer than the tolerance may change places. */
  broken: ({ probabilities }, { label, probabilities: expected, tolerance }, { labels }) => {
    const top = topIndex(probabilities);
    const lead = (probabilities[top] ?? NaN) - (probabilities[labels.indexOf(label)] ?? NaN);
    if (!(lead <= 2 * tolerance)) {
      return `label "${labels[top] ?? '?'}" (${format(probabilities[top])}), expected "${label}"`;
    }
    for (const [i, value] of expected.entries()) {
      const actual = probabilities[i] ?? NaN;
      if (!(Math.abs(actual - value) <= tolerance)) {
        return `"${labels[i] ?? i}" is ${format(actual)}, expected ${format(value)} ± ${tolerance}`;
      }
    }
    return undefined;
  },
  expectationOf: ({ label, probabilities }, _spec, variant) => ({
    label,
    probabilities: probabilities.map((value) => Number(value.toFixed(6))),
    tolerance: TOLERANCE[variant],
  }),
  /** Confidence thresholds and histograms mean nothing over raw scores. */
  implausible: (answers, { activation, name }) => {
    const outside = answers
      .flatMap(({ probabilities }) => probabilities)
      .find((value) => value < -PROBABILITY_SLACK || value > 1 + PROBABILITY_SLACK);
    if (outside === undefined) return undefined;
    return `output.activation is "${activation}" and output "${name}" gives ${outside.toFixed(3)}, which is no probability: name the activation that is missing`;
  },
};

const format = (value: number | undefined): string => (value ?? NaN).toFixed(4);
