const EPSILON = 1e-7;

/** Squared difference over the variance of the original's values, all samples together; infinite where one is missing. */
export function relativeError(
  original: readonly ArrayLike<number>[],
  others: readonly ArrayLike<number>[],
): number {
  let [sum, squares, error, count] = [0, 0, 0, 0];
  original.forEach((values, sample) => {
    const other = others[sample];
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] as number;
      sum += value;
      squares += value * value;
      error += (value - (other?.[i] ?? NaN)) ** 2;
      count += 1;
    }
  });
  const variance = squares - (sum * sum) / Math.max(1, count);
  return Number.isNaN(error) ? Infinity : error / Math.max(variance, EPSILON);
}
