import { factorRidged } from '../linear-algebra/cholesky.js';
import { eigenSymmetric } from '../linear-algebra/eigen.js';
import { multiply, transpose } from '../linear-algebra/matrix.js';
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
  const second = Float32Array.from(
    transpose(directions, outputs, energies.length).subarray(0, rank * outputs),
  );
  const back = transpose(Float64Array.from(second), rank, outputs);
  const first = Float32Array.from(multiply(values, back, features, outputs, rank));
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
  const spread = multiply(transpose(values, features, outputs), product, outputs, features, outputs);
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
  let trace = 0;
  for (let i = 0; i < features; i += 1) trace += covariance[i * features + i] as number;
  // Few samples leave a covariance singular.
  const { factor } = factorRidged(covariance, features, () => (1e-10 * trace) / features);
  const turned = multiply(transpose(factor, features, features), values, features, features, outputs);
  const back = transpose(turned, features, outputs);
  const spread = multiply(turned, back, features, outputs, features);
  const { values: energies, vectors } = eigenSymmetric(spread, features);
  const lengths = energies.map((energy) => Math.sqrt(Math.max(energy, 0)));
  const least = 1e-12 * (lengths[0] ?? 0);
  const units = vectors.map((value, i) => {
    const length = lengths[i % features] as number;
    return length > least ? value / length : 0;
  });
  return { directions: multiply(back, units, outputs, features, features), energies };
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
