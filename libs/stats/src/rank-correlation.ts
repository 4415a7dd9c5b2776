/** How much two rankings of the same items agree. */
export interface Correlation {
  /** 1: the same order; 0: none in common; -1: the reverse. */
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly frames: number;
}

/**
 * Spearman's rank correlation of paired scores that are counted in bins: scores of one bin share its middle rank. Undefined
 * where it does not exist: fewer than four pairs, or all scores of one side in one bin.
 *
 * The interval is Fisher's, with the standard error of Bonett and Wright (Psychometrika 65, 2000), which holds for ranks.
 *
 * @param cells `[bin of the first score, bin of the second, pairs]`; higher bins have higher scores
 * @param z standard errors to each side, from `normalQuantile` for one look or `anytimeMultiplier` for many
 */
export function rankCorrelation(
  cells: readonly (readonly [number, number, number])[],
  z: number,
): Correlation | undefined {
  const frames = cells.reduce((sum, [, , n]) => sum + n, 0);
  if (frames < 4) return undefined;
  const first = middleRanks(cells.map(([bin, , n]) => [bin, n]));
  const second = middleRanks(cells.map(([, bin, n]) => [bin, n]));
  // Ranks lie around 0.
  let [products, squaresFirst, squaresSecond] = [0, 0, 0];
  for (const [a, b, n] of cells) {
    const [x, y] = [first.get(a) ?? 0, second.get(b) ?? 0];
    products += n * x * y;
    squaresFirst += n * x * x;
    squaresSecond += n * y * y;
  }
  if (squaresFirst === 0 || squaresSecond === 0) return undefined;
  const value = Math.min(1, Math.max(-1, products / Math.sqrt(squaresFirst * squaresSecond)));
  const error = Math.sqrt((1 + (value * value) / 2) / (frames - 3));
  return { value, ...fisherInterval(value, z * error), frames };
}

/** An interval of a correlation, `reach` to both sides on Fisher's scale; of a perfect one it is a point. */
export function fisherInterval(value: number, reach: number): { lower: number; upper: number } {
  const centre = Math.atanh(value);
  if (!Number.isFinite(centre)) return { lower: value, upper: value };
  return { lower: Math.tanh(centre - reach), upper: Math.tanh(centre + reach) };
}

/** Rank by bin, the mean of all being 0. */
function middleRanks(counts: readonly (readonly [number, number])[]): Map<number, number> {
  const byBin = new Map<number, number>();
  for (const [bin, n] of counts) byBin.set(bin, (byBin.get(bin) ?? 0) + n);
  const middle = [...byBin.values()].reduce((sum, n) => sum + n, 0) / 2;
  let before = 0;
  const ranks = new Map<number, number>();
  for (const [bin, n] of [...byBin].sort(([a], [b]) => a - b)) {
    ranks.set(bin, before + n / 2 - middle);
    before += n;
  }
  return ranks;
}
