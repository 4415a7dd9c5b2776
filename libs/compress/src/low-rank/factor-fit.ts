import { cholesky } from '../linear-algebra/cholesky.js';
import { eigenSymmetric } from '../linear-algebra/eigen.js';
import { gramOf, type Fit, type Moments } from '../prune/moments.js';

/** A fit split in two: `outputs ≈ inputs·first·second + bias`. */
export interface FactoredFit {
  readonly rank: number;
  /** Row-major `features × rank`. */
  readonly first: Float32Array;
  /** Row-major `rank × outputs`. */
  readonly second: Float32Array;
  readonly bias: Float32Array;
  /** Variance of the outputs that the factors do not reach, as a share of all. */
  readonly lost: number;
}

/**
 * The best factors of a layer on its data (reduced-rank regression): the outputs are projected onto the directions in which
 * they vary most. Inputs that never occur together need no weights of their own, which is what plain truncation of the weights
 * would pay for.
 * @param most share of the outputs' variance that may be lost
 * @returns the lowest rank that keeps to it
 */
export function factorFit(fit: Fit, moments: Moments, most: number): FactoredFit {
  const { features, outputs, values } = fit;
  const covariance = covarianceOf(moments, features);
  const { directions, energies } =
    outputs <= features
      ? byOutputs(values, covariance, features, outputs)
      : byInputs(values, covariance, features, outputs);
  const all = energies.reduce((sum, energy) => sum + Math.max(0, energy), 0);
  let [rank, left] = [0, all];
  while (rank < energies.length && (rank === 0 || left > most * all)) {
    left -= Math.max(0, energies[rank] as number);
    rank += 1;
  }
  const first = new Float32Array(features * rank);
  const second = new Float32Array(rank * outputs);
  for (let r = 0; r < rank; r += 1)
    for (let o = 0; o < outputs; o += 1)
      second[r * outputs + o] = directions[o * energies.length + r] as number;
  for (let f = 0; f < features; f += 1)
    for (let r = 0; r < rank; r += 1) {
      let sum = 0;
      for (let o = 0; o < outputs; o += 1)
        sum += (values[f * outputs + o] as number) * (second[r * outputs + o] as number);
      first[f * rank + r] = sum;
    }
  return {
    rank,
    first,
    second,
    bias: biasOf(fit, moments, first, second, rank),
    lost: all === 0 ? 0 : Math.max(0, left / all),
  };
}

/** Covariance of the features: the constant part is the bias's business. */
function covarianceOf(moments: Moments, features: number): Float64Array {
  const all = Array.from({ length: features }, (_, feature) => feature);
  const gram = gramOf(moments, all);
  const n = features + 1;
  const covariance = new Float64Array(features * features);
  for (let i = 0; i < features; i += 1)
    for (let j = 0; j < features; j += 1)
      covariance[i * features + j] =
        (gram[i * n + j] as number) - (gram[i * n + features] as number) * (gram[j * n + features] as number);
  return covariance;
}

interface Directions {
  /** Row-major `outputs × energies.length`, orthonormal columns. */
  readonly directions: Float64Array;
  readonly energies: Float64Array;
}

function byOutputs(
  values: Float64Array,
  covariance: Float64Array,
  features: number,
  outputs: number,
): Directions {
  const product = multiply(covariance, values, features, features, outputs);
  const spread = new Float64Array(outputs * outputs);
  for (let f = 0; f < features; f += 1)
    for (let a = 0; a < outputs; a += 1) {
      const weight = values[f * outputs + a] as number;
      for (let b = 0; b < outputs; b += 1)
        spread[a * outputs + b] =
          (spread[a * outputs + b] as number) + weight * (product[f * outputs + b] as number);
    }
  const { values: energies, vectors } = eigenSymmetric(spread, outputs);
  return { directions: vectors, energies };
}

/** The same through the smaller side: with `C = L·Lᵀ`, the left singular vectors of `Lᵀ·W` lead to the right ones. */
function byInputs(
  values: Float64Array,
  covariance: Float64Array,
  features: number,
  outputs: number,
): Directions {
  const root = rootOf(covariance, features);
  const turned = new Float64Array(features * outputs);
  for (let i = 0; i < features; i += 1)
    for (let k = 0; k < features; k += 1) {
      const factor = root[k * features + i] as number;
      if (factor === 0) continue;
      for (let o = 0; o < outputs; o += 1)
        turned[i * outputs + o] =
          (turned[i * outputs + o] as number) + factor * (values[k * outputs + o] as number);
    }
  const spread = new Float64Array(features * features);
  for (let a = 0; a < features; a += 1)
    for (let b = 0; b < features; b += 1) {
      let sum = 0;
      for (let o = 0; o < outputs; o += 1)
        sum += (turned[a * outputs + o] as number) * (turned[b * outputs + o] as number);
      spread[a * features + b] = sum;
    }
  const { values: energies, vectors } = eigenSymmetric(spread, features);
  const directions = new Float64Array(outputs * features);
  for (let r = 0; r < features; r += 1) {
    const length = Math.sqrt(Math.max(energies[r] as number, 0));
    if (length <= 1e-12 * Math.sqrt(Math.max(energies[0] ?? 0, 0))) continue;
    for (let i = 0; i < features; i += 1) {
      const factor = (vectors[i * features + r] as number) / length;
      for (let o = 0; o < outputs; o += 1)
        directions[o * features + r] =
          (directions[o * features + r] as number) + factor * (turned[i * outputs + o] as number);
    }
  }
  return { directions, energies };
}

/** A lower factor of a covariance that few samples may have left singular. */
function rootOf(covariance: Float64Array, n: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < n; i += 1) trace += covariance[i * n + i] as number;
  for (let ridge = Math.max(trace / n, 1e-30) * 1e-10; ; ridge *= 10) {
    const lifted = Float64Array.from(covariance);
    for (let i = 0; i < n; i += 1) lifted[i * n + i] = (lifted[i * n + i] as number) + ridge;
    const root = cholesky(lifted, n);
    if (root !== undefined) return root;
    if (!Number.isFinite(ridge)) throw new RangeError('the covariance holds values that are not finite');
  }
}

/** What makes the factored layer right at the mean input. */
function biasOf(
  { features, outputs, values }: Fit,
  moments: Moments,
  first: Float32Array,
  second: Float32Array,
  rank: number,
): Float32Array {
  const { sums } = moments;
  const width = moments.features + moments.targets + 1;
  const total = sums[width * width - 1] as number;
  const mean = Float64Array.from(
    { length: features },
    (_, f) => (sums[f * width + width - 1] as number) / total,
  );
  const reduced = multiply(mean, Float64Array.from(first), 1, features, rank);
  const reached = multiply(reduced, Float64Array.from(second), 1, rank, outputs);
  const wanted = multiply(mean, values, 1, features, outputs);
  return Float32Array.from(
    reached,
    (value, o) => (values[features * outputs + o] as number) + (wanted[o] as number) - value,
  );
}

function multiply(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i += 1)
    for (let k = 0; k < inner; k += 1) {
      const factor = a[i * inner + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j += 1)
        product[i * columns + j] =
          (product[i * columns + j] as number) + factor * (b[k * columns + j] as number);
    }
  return product;
}
