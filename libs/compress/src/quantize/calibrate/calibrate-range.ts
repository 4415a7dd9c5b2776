import type { Calibrator } from '../options.js';
import type { Range } from '../quantization-parameters.js';
import type { Histogram } from './histogram.js';
import { leastDivergence } from './least-divergence.js';
import { leastSquareError } from './least-square-error.js';

/** The range that the integers of a tensor should cover, judged by the values that it took. */
export function calibrateRange(histogram: Histogram, calibrator: Calibrator, percentile: number): Range {
  const { min, max } = histogram;
  if (histogram.count === 0) return { min: 0, max: 0 };
  if (min === max || calibrator === 'minmax') return { min, max };
  if (calibrator === 'percentile') return percentileRange(histogram, percentile);
  return calibrator === 'entropy' ? leastDivergence(histogram) : leastSquareError(histogram);
}

/** Leaves out the same share of values at both ends, never more than the values themselves. */
function percentileRange(histogram: Histogram, percentile: number): Range {
  const { counts, count, min, max } = histogram;
  const cut = (count * (1 - percentile)) / 2;
  const [first, last] = histogram.used;
  const end = (from: number, to: number, step: 1 | -1): number => {
    let left = cut;
    let bin = from;
    while (bin !== to && left >= (counts[bin] as number)) {
      left -= counts[bin] as number;
      bin += step;
    }
    return histogram.centre(bin) - (step * histogram.binWidth) / 2;
  };
  // A bin's outer edge may lie beyond what was seen.
  return { min: Math.max(min, end(first, last, 1)), max: Math.min(max, end(last, first, -1)) };
}
