/**
 * A mergeable latency sketch in milliseconds, the shape that devices send. DDSketch (Masson, Rim and Lee, VLDB 2019):
 * bin `i` counts the values in (γ^(i-1), γ^i] with γ = (1 + α) / (1 - α) and α = 0.01, so that every quantile is
 * within 1 % of a value that was really added.
 */
export interface LatencySketch {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** `[bin, count]`, bins ascending. */
  readonly bins: [number, number][];
}

/** Largest relative error of a quantile. */
export const SKETCH_RELATIVE_ERROR = 0.01;

/** More bins than this are never kept; 1024 bins span a factor of 780 million between shortest and longest. */
export const MAX_SKETCH_BINS = 1024;

const GAMMA = (1 + SKETCH_RELATIVE_ERROR) / (1 - SKETCH_RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
const BIN_LIMIT = 2000;

/** The bin of a value; zero and everything below γ^-2000 (a clock that did not move) share the lowest one. */
export function binOf(valueMs: number): number {
  if (valueMs <= 0) return -BIN_LIMIT;
  const bin = Math.ceil(Math.log(valueMs) / LOG_GAMMA);
  return Math.min(BIN_LIMIT, Math.max(-BIN_LIMIT, bin));
}

/** The value that stands for a bin: its relative distance to both ends is α. */
export function valueOfBin(bin: number): number {
  return (2 * GAMMA ** bin) / (GAMMA + 1);
}

/**
 * Folds the lowest bins into one until `MAX_SKETCH_BINS` are left: upper quantiles, which budgets are about, keep their
 * error bound (section 2.2 of the paper).
 */
export function boundedBins(bins: ReadonlyMap<number, number>): [number, number][] {
  const sorted = [...bins].sort(([a], [b]) => a - b);
  const surplus = sorted.length - MAX_SKETCH_BINS;
  if (surplus <= 0) return sorted;
  const folded = sorted.slice(0, surplus + 1);
  const [lowestKept] = folded.at(-1) as [number, number];
  const count = folded.reduce((sum, [, n]) => sum + n, 0);
  return [[lowestKept, count], ...sorted.slice(surplus + 1)];
}

/** A sketch without values; `min` and `max` are 0 by convention and mean nothing while `count` is 0. */
export const emptySketch = (): LatencySketch => ({ count: 0, sum: 0, min: 0, max: 0, bins: [] });

/** The sketch of all values of both: exact counts, the same error bound. */
export function mergeSketches(a: LatencySketch, b: LatencySketch): LatencySketch {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const bins = new Map<number, number>();
  for (const [bin, count] of [...a.bins, ...b.bins]) bins.set(bin, (bins.get(bin) ?? 0) + count);
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    bins: boundedBins(bins),
  };
}

/**
 * The `q`-quantile in milliseconds, `q` from 0 to 1; undefined while the sketch is empty. Within 1 % of the value at
 * rank ⌊q (count - 1)⌋, and never outside the smallest and largest value seen.
 */
export function sketchQuantile(sketch: LatencySketch, q: number): number | undefined {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile must be from 0 to 1, is ${q}`);
  if (sketch.count === 0) return undefined;
  const rank = Math.floor(q * (sketch.count - 1));
  let seen = 0;
  for (const [bin, count] of sketch.bins) {
    seen += count;
    if (seen > rank) return Math.min(sketch.max, Math.max(sketch.min, valueOfBin(bin)));
  }
  return sketch.max;
}

/** How many values are above `limitMs`, off by at most those within 1 % of it. */
export function countAbove(sketch: LatencySketch, limitMs: number): number {
  if (limitMs >= sketch.max) return 0;
  return sketch.bins.reduce((sum, [bin, count]) => (valueOfBin(bin) > limitMs ? sum + count : sum), 0);
}
