/** Bins over both signs; at least a quarter of them lie in the range that has been seen on either side of zero. */
const BINS = 8192;
const HALF = BINS / 2;

/**
 * Counts of values in equal bins around zero, built in one pass: where a value does not fit, neighbouring bins merge and the
 * reach doubles. Same values in the same order, same counts.
 */
export class Histogram {
  readonly counts = new Float64Array(BINS);
  min = Infinity;
  max = -Infinity;
  /** Values of magnitude below it have a bin; a power of two. */
  reach = 0;
  count = 0;

  /** @returns whether all values were finite; nothing is counted otherwise */
  add(values: Float32Array): boolean {
    let { min, max } = this;
    // Stays zero for finite values only. These two loops see every activation; calls in them would take most of the time.
    let zero = 0;
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] as number;
      if (value < min) min = value;
      if (value > max) max = value;
      zero += value * 0;
    }
    if (zero !== 0) return false;
    this.min = min;
    this.max = max;
    this.extend(Math.max(Math.abs(min), Math.abs(max)));
    const { counts } = this;
    const perUnit = HALF / this.reach;
    for (let i = 0; i < values.length; i += 1) {
      const scaled = (values[i] as number) * perUnit;
      const whole = scaled | 0;
      const bin = (whole > scaled ? whole - 1 : whole) + HALF;
      counts[bin] = (counts[bin] as number) + 1;
    }
    this.count += values.length;
    return true;
  }

  get binWidth(): number {
    return this.reach / HALF;
  }

  /** The value in the middle of a bin. */
  centre(bin: number): number {
    return (bin - HALF + 0.5) * this.binWidth;
  }

  /** Bins that can hold anything: [first, last]. */
  get used(): readonly [number, number] {
    const bin = (value: number): number =>
      Math.max(0, Math.min(BINS - 1, Math.floor(value / this.binWidth) + HALF));
    return [bin(this.min), bin(this.max)];
  }

  private extend(magnitude: number): void {
    if (this.reach === 0)
      this.reach = magnitude === 0 ? 2 ** -64 : 2 ** (Math.floor(Math.log2(magnitude)) + 1);
    while (this.reach <= magnitude) {
      const { counts } = this;
      const merged = new Float64Array(BINS);
      for (let bin = 0; bin < BINS; bin += 1) {
        const target = HALF + Math.floor((bin - HALF) / 2);
        merged[target] = (merged[target] as number) + (counts[bin] as number);
      }
      counts.set(merged);
      this.reach *= 2;
    }
  }
}
