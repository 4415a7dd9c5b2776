import type { RatioMoments } from '@hamon/contracts';
import { addUp } from './numbers.js';

/** A ratio of sums over frames, with an interval. */
export interface Ratio {
  readonly ratio: number;
  readonly lower: number;
  readonly upper: number;
  /** Frames that it rests on. */
  readonly frames: number;
}

export const emptyRatio = (): RatioMoments => ({
  frames: 0,
  numerator: 0,
  denominator: 0,
  numeratorSquares: 0,
  products: 0,
  denominatorSquares: 0,
});

/** Gathers one ratio's parts frame by frame; a frame without denominator says nothing and is left out. */
export class RatioCollector {
  private moments = emptyRatio();

  /** @param numerator from 0 to `denominator` */
  add(numerator: number, denominator: number): void {
    if (denominator > 0) this.moments = withFrame(this.moments, numerator, denominator);
  }

  build(): RatioMoments {
    return this.moments;
  }
}

export const mergeRatios = (a: RatioMoments, b: RatioMoments): RatioMoments => addUp(a, b);

/**
 * The ratio of the sums, `z` standard errors to both sides by the delta method (Cochran, Sampling Techniques, 1977, 2.11):
 * what depends on each other within a frame, boxes or pixels, costs nothing of its honesty. Frames that all say the same
 * would have no error at all, so each end is taken as if one more average frame had said the contrary.
 *
 * @param z standard errors, from `normalQuantile` for one look or `anytimeMultiplier` for many
 * @returns undefined where no frame has a denominator
 */
export function estimateRatio(moments: RatioMoments, z: number): Ratio | undefined {
  const { frames, numerator, denominator } = moments;
  if (frames === 0) return undefined;
  const ratio = numerator / denominator;
  const average = denominator / frames;
  const [low, high] = [withFrame(moments, 0, average), withFrame(moments, average, average)];
  return {
    ratio,
    lower: Math.min(ratio, Math.max(0, low.numerator / low.denominator - z * errorOf(low))),
    upper: Math.max(ratio, Math.min(1, high.numerator / high.denominator + z * errorOf(high))),
    frames,
  };
}

/** Why no frames have such moments, or undefined: a device may send anything. */
export function ratioFault(moments: RatioMoments): string | undefined {
  const { frames, numerator, denominator, numeratorSquares, products, denominatorSquares } = moments;
  const slack = 1 + 1e-9;
  const ordered = (...rising: number[]): boolean =>
    rising.every((value, i) => value >= 0 && (i === 0 || (rising[i - 1] as number) <= value * slack));
  const isPossible =
    ordered(numerator, denominator) &&
    ordered(numeratorSquares, products, denominatorSquares) &&
    // Cauchy and Schwarz: the squares cannot be smaller than those of equal frames, or larger than those of one.
    ordered(numerator ** 2 / Math.max(1, frames), numeratorSquares) &&
    ordered(denominator ** 2 / Math.max(1, frames), denominatorSquares, denominator ** 2) &&
    frames > 0 === denominator > 0;
  return isPossible ? undefined : 'the sums of a ratio contradict each other';
}

function withFrame(moments: RatioMoments, numerator: number, denominator: number): RatioMoments {
  return addUp(moments, {
    frames: 1,
    numerator,
    denominator,
    numeratorSquares: numerator * numerator,
    products: numerator * denominator,
    denominatorSquares: denominator * denominator,
  });
}

function errorOf(moments: RatioMoments): number {
  const { frames, numerator, denominator, numeratorSquares, products, denominatorSquares } = moments;
  const ratio = numerator / denominator;
  const squares = numeratorSquares - 2 * ratio * products + ratio * ratio * denominatorSquares;
  return Math.sqrt((Math.max(0, squares) * frames) / (frames - 1)) / denominator;
}
