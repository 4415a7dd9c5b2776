import { factorRidged, solveFactored } from '../linear-algebra/cholesky.js';

/**
 * Weighted second moments of a layer's inputs, wanted outputs and the constant 1, in this order, as sums over samples and
 * positions: all that a least-squares fit of the layer needs to know of the data. The weights' mean over the samples is 1, so that the
 * last sum counts rows.
 */
export interface Moments {
  readonly features: number;
  readonly targets: number;
  /** Row-major, `features + targets + 1` rows and columns. */
  readonly sums: Float64Array;
}

/** Weights of a fit, row-major `(features + 1) × outputs`; the last row is the bias. */
export interface Fit {
  readonly features: number;
  readonly outputs: number;
  readonly values: Float64Array;
}

/** The mean second moments of some features and 1: `(kept + 1)²` values. */
export function gramOf(moments: Moments, kept: readonly number[]): Float64Array {
  const { sums } = moments;
  const width = moments.features + moments.targets + 1;
  const at = [...kept, width - 1];
  const total = weightOf(moments);
  const gram = new Float64Array(at.length * at.length);
  at.forEach((row, i) => {
    at.forEach((column, j) => {
      gram[i * at.length + j] = (sums[row * width + column] as number) / total;
    });
  });
  return gram;
}

/** Variance of the targets, summed: the error of a layer that knows only its mean output. */
export function targetVariance(moments: Moments): number {
  const { sums, features, targets } = moments;
  const width = features + targets + 1;
  const total = weightOf(moments);
  let variance = 0;
  for (let t = features; t < features + targets; t += 1) {
    const mean = (sums[t * width + width - 1] as number) / total;
    variance += (sums[t * width + t] as number) / total - mean * mean;
  }
  return Math.max(variance, 1e-12);
}

/** Part of the features' mean energy that a fit gives up to stay small, more where rows are few. */
const RIDGE = 1e-4;
const RIDGE_PER_FEATURE = 0.05;

/** The least-squares fit of the targets by some of the features and a bias. */
export function fitTargets(moments: Moments, kept: readonly number[]): Fit {
  const { sums, features, targets } = moments;
  const width = features + targets + 1;
  const total = weightOf(moments);
  const n = kept.length + 1;
  const gram = gramOf(moments, kept);
  let energy = 0;
  for (let i = 0; i < kept.length; i += 1) energy += gram[i * n + i] as number;
  const ridge = (RIDGE + (RIDGE_PER_FEATURE * n) / total) * (energy / Math.max(1, kept.length));
  const { factor } = factorRidged(gram, n, (index) => (index === kept.length ? 0 : ridge));
  const wanted = new Float64Array(n * targets);
  [...kept, width - 1].forEach((row, i) => {
    for (let t = 0; t < targets; t += 1)
      wanted[i * targets + t] = (sums[row * width + features + t] as number) / total;
  });
  return { features: kept.length, outputs: targets, values: solveFactored(factor, n, wanted, targets) };
}

/** The part of a fit that gives some of its outputs. */
export function fitOfOutputs({ features, outputs, values }: Fit, kept: readonly number[]): Fit {
  if (kept.length === outputs) return { features, outputs, values };
  const picked = new Float64Array((features + 1) * kept.length);
  for (let row = 0; row <= features; row += 1)
    kept.forEach((output, at) => {
      picked[row * kept.length + at] = values[row * outputs + output] as number;
    });
  return { features, outputs: kept.length, values: picked };
}

function weightOf({ sums, features, targets }: Moments): number {
  const width = features + targets + 1;
  return Math.max(sums[width * width - 1] as number, Number.MIN_VALUE * 1e16);
}
