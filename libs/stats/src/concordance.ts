import { fisherInterval } from './rank-correlation.js';

/** Means of paired values, sums of squared differences from them, and of products of these. */
export interface PairMoments {
  readonly count: number;
  readonly meanFirst: number;
  readonly meanSecond: number;
  readonly squaresFirst: number;
  readonly squaresSecond: number;
  readonly products: number;
}

export const emptyPairs = (): PairMoments => ({
  count: 0,
  meanFirst: 0,
  meanSecond: 0,
  squaresFirst: 0,
  squaresSecond: 0,
  products: 0,
});

/** One more pair. */
export const withPair = (moments: PairMoments, first: number, second: number): PairMoments =>
  mergePairs(moments, { ...emptyPairs(), count: 1, meanFirst: first, meanSecond: second });

/** Of both sets of pairs together: Chan, Golub and LeVeque, The American Statistician 37 (1983). */
export function mergePairs(a: PairMoments, b: PairMoments): PairMoments {
  const count = a.count + b.count;
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  const [shift, shiftSecond] = [b.meanFirst - a.meanFirst, b.meanSecond - a.meanSecond];
  const weight = (a.count * b.count) / count;
  return {
    count,
    meanFirst: a.meanFirst + (shift * b.count) / count,
    meanSecond: a.meanSecond + (shiftSecond * b.count) / count,
    squaresFirst: a.squaresFirst + b.squaresFirst + shift * shift * weight,
    squaresSecond: a.squaresSecond + b.squaresSecond + shiftSecond * shiftSecond * weight,
    products: a.products + b.products + shift * shiftSecond * weight,
  };
}

/** How far two instruments tell the same values. */
export interface Concordance {
  /** 1: the same values; 0: none of one can be told from the other; lower where they lie apart or run against each other. */
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Mean of the second less that of the first. */
  readonly bias: number;
  /** Standard error of the bias. */
  readonly biasError: number;
  readonly count: number;
}

/**
 * Lin's concordance correlation coefficient with its interval on Fisher's scale (Lin, Biometrics 45, 1989, with the
 * correction of Biometrics 56, 2000). Undefined where it does not exist: fewer than four pairs, or both sides always told one
 * and the same value.
 *
 * @param z standard errors to each side, from `normalQuantile` for one look or `anytimeMultiplier` for many
 */
export function concordance(moments: PairMoments, z: number): Concordance | undefined {
  const { count, meanFirst, meanSecond, squaresFirst, squaresSecond, products } = moments;
  const bias = meanSecond - meanFirst;
  const apart = squaresFirst + squaresSecond + count * bias * bias;
  if (count < 4 || apart === 0) return undefined;
  const value = Math.min(1, Math.max(-1, (2 * products) / apart));
  const differences = Math.max(0, squaresFirst + squaresSecond - 2 * products);
  const biasError = Math.sqrt(differences / (count - 1) / count);
  // Root by root: the product of two sums of squares may be too large, or too small, for a number.
  const spreads = Math.sqrt(squaresFirst) * Math.sqrt(squaresSecond);
  const correlation = Math.min(1, Math.max(-1, products / spreads));
  // With a side that never varies it is 0 by definition, and no error is known.
  const error = spreads === 0 ? 0 : Math.sqrt(varianceOf(value, correlation, apart, spreads, count, bias));
  return { value, ...fisherInterval(value, z * error), bias, biasError, count };
}

/**
 * On Fisher's scale. Written by the accuracy, value over correlation, and by what the bias has of all that lies apart, so that
 * neither a correlation nor a spread of about 0 is divided by.
 */
function varianceOf(
  value: number,
  correlation: number,
  apart: number,
  spreads: number,
  count: number,
  bias: number,
): number {
  const rest = 1 - value * value;
  if (rest <= 0) return 0;
  const accuracy = (2 * spreads) / apart;
  const shift = (2 * bias * bias * count) / apart;
  const variance =
    ((1 - correlation * correlation) * accuracy * accuracy) / rest +
    (2 * value * value * (1 - value) * shift) / (rest * rest) -
    (value * value * shift * shift) / (2 * rest * rest);
  return Math.max(0, variance) / (count - 2);
}
