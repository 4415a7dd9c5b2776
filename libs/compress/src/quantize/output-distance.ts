const EPSILON = 1e-7;

/**
 * How far a model's outputs are from the original's, over the same samples; 0 is equal. Class probabilities are compared by
 * their mean Kullback-Leibler divergence in nats, other outputs by the squared error relative to their own variance.
 */
export function outputDistance(original: readonly Float32Array[], outputs: readonly Float32Array[]): number {
  if (original.length === 0) return 0;
  if (outputs.some((values) => values.some((value) => !Number.isFinite(value)))) return Infinity;
  return original.every(isDistribution)
    ? meanDivergence(original, outputs)
    : relativeError(original, outputs);
}

export function isDistribution(values: Float32Array): boolean {
  let sum = 0;
  for (const value of values) {
    if (!(value >= 0)) return false;
    sum += value;
  }
  return values.length > 1 && Math.abs(sum - 1) < 1e-3;
}

function meanDivergence(original: readonly Float32Array[], outputs: readonly Float32Array[]): number {
  let sum = 0;
  original.forEach((values, sample) => {
    values.forEach((p, index) => {
      const q = outputs[sample]?.[index] ?? 0;
      if (p > 0) sum += p * Math.log(p / Math.max(q, EPSILON));
    });
  });
  return Math.max(0, sum / original.length);
}

function relativeError(original: readonly Float32Array[], outputs: readonly Float32Array[]): number {
  let [sum, squares, error, count] = [0, 0, 0, 0];
  original.forEach((values, sample) => {
    values.forEach((value, index) => {
      sum += value;
      squares += value * value;
      error += (value - (outputs[sample]?.[index] ?? NaN)) ** 2;
      count += 1;
    });
  });
  const variance = squares - (sum * sum) / Math.max(1, count);
  return Number.isNaN(error) ? Infinity : error / Math.max(variance, EPSILON);
}
