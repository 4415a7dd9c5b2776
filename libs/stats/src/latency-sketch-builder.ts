import { binOf, boundedBins, emptySketch, MAX_SKETCH_BINS, type LatencySketch } from './latency-sketch.js';

/** Collects latencies one by one; `add` is constant time and memory is bounded whatever is added. */
export class LatencySketchBuilder {
  private total = 0;
  private sum = 0;
  private min = Infinity;
  private max = 0;
  private bins = new Map<number, number>();

  /** Values added so far. */
  get count(): number {
    return this.total;
  }

  /** Adds one latency in milliseconds; throws a `RangeError` on a negative or non-finite one, which is a caller's bug. */
  add(valueMs: number): void {
    if (!(valueMs >= 0 && valueMs < Infinity)) {
      throw new RangeError(`a latency must be a finite number of at least 0 ms, is ${valueMs}`);
    }
    this.total += 1;
    this.sum += valueMs;
    this.min = Math.min(this.min, valueMs);
    this.max = Math.max(this.max, valueMs);
    const bin = binOf(valueMs);
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + 1);
    // Folding at twice the limit keeps the cost per value constant.
    if (this.bins.size > 2 * MAX_SKETCH_BINS) this.bins = new Map(boundedBins(this.bins));
  }

  /** The sketch so far; the builder can go on. */
  build(): LatencySketch {
    if (this.total === 0) return emptySketch();
    return {
      count: this.total,
      sum: this.sum,
      min: this.min,
      max: this.max,
      bins: boundedBins(this.bins),
    };
  }
}
