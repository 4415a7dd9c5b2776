import type { Range } from '../quantization-parameters.js';
import type { Histogram } from './histogram.js';

const STEPS = 64;
const LEAST_SHARE = 0.2;
const ROUNDS = 3;

/**
 * The range whose 8-bit grid gives the values back with the least mean squared error: rounding inside, clipping outside.
 * Both ends are searched in turns over shares of what was seen.
 */
export function leastSquareError(histogram: Histogram): Range {
  let range: Range = { min: histogram.min, max: histogram.max };
  const better = (ranges: readonly Range[]): void => {
    let least = squareError(histogram, range);
    for (const one of ranges) {
      const error = squareError(histogram, one);
      if (error < least) [least, range] = [error, one];
    }
  };
  const shares = Array.from(
    { length: STEPS },
    (_, step) => LEAST_SHARE + ((1 - LEAST_SHARE) * (step + 1)) / STEPS,
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = range;
    if (histogram.max > 0) better(shares.map((share) => ({ min: range.min, max: histogram.max * share })));
    if (histogram.min < 0) better(shares.map((share) => ({ min: histogram.min * share, max: range.max })));
    if (before === range) break;
  }
  return range;
}

function squareError(histogram: Histogram, { min, max }: Range): number {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const step = (high - low) / 255;
  const rounding = (step * step) / 12;
  const { counts, binWidth } = histogram;
  const [first, last] = histogram.used;
  let error = 0;
  for (let bin = first; bin <= last; bin += 1) {
    const count = counts[bin] as number;
    if (count === 0) continue;
    const value = histogram.centre(bin);
    const outside = value > high ? value - high : value < low ? low - value : 0;
    // Most values of a ReLU are exactly zero, which the grid always holds.
    error += count * (outside > 0 ? outside * outside : value < binWidth && value > -binWidth ? 0 : rounding);
  }
  return error;
}
