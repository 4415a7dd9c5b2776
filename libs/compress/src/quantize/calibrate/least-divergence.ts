import type { Range } from '../quantization-parameters.js';
import type { Histogram } from './histogram.js';

/** Levels on each side that is used: what 8 bits leave. */
const LEVELS = 128;
const THRESHOLDS = 100;
const FINE_BINS = 2048;

/**
 * The range whose coarse version tells least apart from the values' own distribution: the threshold with the least
 * Kullback-Leibler divergence, found as in Migacz, "8-bit Inference with TensorRT" (GTC 2017), on magnitudes.
 */
export function leastDivergence(histogram: Histogram): Range {
  const { min, max } = histogram;
  const magnitude = Math.max(Math.abs(min), Math.abs(max));
  const fine = magnitudes(histogram, magnitude);
  const levels = min < 0 ? LEVELS : LEVELS * 2;
  let best = { divergence: Infinity, bins: FINE_BINS };
  for (let step = 0; step <= THRESHOLDS; step += 1) {
    const bins = Math.round(levels + ((FINE_BINS - levels) * step) / THRESHOLDS);
    const found = divergence(fine, bins, levels);
    // Among equals the wider one clips less.
    if (found <= best.divergence) best = { divergence: found, bins };
  }
  const threshold = (magnitude * best.bins) / FINE_BINS;
  return { min: Math.max(min, -threshold), max: Math.min(max, threshold) };
}

/** Counts by magnitude. Exact zeros say nothing about the range, and ReLU makes many: their bin takes its neighbour's count. */
function magnitudes(histogram: Histogram, magnitude: number): Float64Array {
  const fine = new Float64Array(FINE_BINS);
  const [first, last] = histogram.used;
  for (let bin = first; bin <= last; bin += 1) {
    const target = Math.floor((Math.abs(histogram.centre(bin)) / magnitude) * FINE_BINS);
    const index = Math.min(FINE_BINS - 1, target);
    fine[index] = (fine[index] as number) + (histogram.counts[bin] as number);
  }
  fine[0] = fine[1] as number;
  return fine;
}

/** KL of the first `bins` (everything beyond put into the last) from the same in `levels` steps. */
function divergence(fine: Float64Array, bins: number, levels: number): number {
  const reference = fine.slice(0, bins);
  for (let bin = bins; bin < fine.length; bin += 1)
    reference[bins - 1] = (reference[bins - 1] as number) + (fine[bin] as number);
  const coarse = new Float64Array(bins);
  for (let level = 0; level < levels; level += 1) {
    const from = Math.floor((level * bins) / levels);
    const to = Math.floor(((level + 1) * bins) / levels);
    let sum = 0;
    let filled = 0;
    for (let bin = from; bin < to; bin += 1) {
      sum += fine[bin] as number;
      if ((reference[bin] as number) > 0) filled += 1;
    }
    for (let bin = from; bin < to; bin += 1) if ((reference[bin] as number) > 0) coarse[bin] = sum / filled;
  }
  const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const [p, q] = [total(reference), total(coarse)];
  if (p === 0 || q === 0) return Infinity;
  let kl = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const share = (reference[bin] as number) / p;
    // A step that is empty while its values were clipped into it gets next to nothing instead of nothing.
    const other = (coarse[bin] as number) / q;
    if (share > 0) kl += share * Math.log(share / (other > 1e-9 ? other : 1e-9));
  }
  return kl;
}
