import type { Golden } from '../task.js';

/** The same file on other hardware; quantised models round, and saturate, more differently. */
const TOLERANCE = { original: 0.02, other: 0.05 };

export const golden: Golden<'anomaly'> = {
  /** A decision may change where the score is within the tolerance. */
  broken: ({ score, isAnomalous }, { score: expected, isAnomalous: expectedDecision, tolerance }) => {
    if (!(Math.abs(score - expected) <= tolerance)) {
      return `the score is ${score.toFixed(4)}, expected ${expected.toFixed(4)} ± ${tolerance}`;
    }
    const isDecided = expectedDecision !== undefined && Math.abs(expected - 0.5) > tolerance;
    if (!isDecided || isAnomalous === expectedDecision) return undefined;
    return `the frame counts as ${nameOf(isAnomalous)}, expected ${nameOf(expectedDecision)}`;
  },
  expectationOf: ({ score, isAnomalous }, _spec, variant) => ({
    score: Number(score.toFixed(6)),
    isAnomalous,
    tolerance: TOLERANCE[variant],
  }),
  // A model that has learned nothing gives scores beyond both ends too: they do not show a wrong bundle.
  implausible: () => undefined,
};

const nameOf = (isAnomalous: boolean): string => (isAnomalous ? 'anomalous' : 'normal');
