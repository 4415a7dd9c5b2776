import type { Box } from '@hamon/contracts';

/** Connected pixels of one label, in pixels of the frame. */
export interface Region {
  readonly label: number;
  readonly area: number;
  readonly box: Box;
  /** The highest of the values that were looked at. */
  readonly peak: number;
}

/** Disjoint sets of runs with what is known of each; a set's earliest run stands for it. */
export class RegionSet {
  private readonly parents: number[] = [];
  private readonly labels: number[] = [];
  private readonly areas: number[] = [];
  private readonly peaks: number[] = [];
  private readonly left: number[] = [];
  private readonly top: number[] = [];
  private readonly right: number[] = [];
  private readonly bottom: number[] = [];

  begin(label: number): number {
    this.labels.push(label);
    this.areas.push(0);
    this.peaks.push(-Infinity);
    this.left.push(Infinity);
    this.top.push(Infinity);
    this.right.push(0);
    this.bottom.push(0);
    return this.parents.push(this.parents.length) - 1;
  }

  find(run: number): number {
    let at = run;
    let parent = this.parents[at] as number;
    while (parent !== at) {
      const next = this.parents[parent] as number;
      this.parents[at] = next;
      [at, parent] = [parent, next];
    }
    return at;
  }

  unite(one: number, other: number): number {
    const [a, b] = [this.find(one), this.find(other)];
    if (a === b) return a;
    const [kept, gone] = [Math.min(a, b), Math.max(a, b)];
    this.parents[gone] = kept;
    this.areas[kept] = (this.areas[kept] as number) + (this.areas[gone] as number);
    this.raise(kept, this.peaks[gone] as number);
    this.stretch(
      kept,
      this.left[gone] as number,
      this.top[gone] as number,
      this.right[gone] as number,
      this.bottom[gone] as number,
    );
    return kept;
  }

  /** @param region as `find` tells it; ends lie behind the last pixel */
  grow(region: number, left: number, top: number, right: number, bottom: number): void {
    this.areas[region] = (this.areas[region] as number) + (right - left) * (bottom - top);
    this.stretch(region, left, top, right, bottom);
  }

  raise(region: number, value: number): void {
    if (value > (this.peaks[region] as number)) this.peaks[region] = value;
  }

  build(): Region[] {
    return this.parents.flatMap((parent, run) => (parent === run ? [this.regionOf(run)] : []));
  }

  private regionOf(run: number): Region {
    const [x, y] = [this.left[run] as number, this.top[run] as number];
    return {
      label: this.labels[run] as number,
      area: this.areas[run] as number,
      box: { x, y, width: (this.right[run] as number) - x, height: (this.bottom[run] as number) - y },
      peak: this.peaks[run] as number,
    };
  }

  private stretch(region: number, left: number, top: number, right: number, bottom: number): void {
    this.left[region] = Math.min(this.left[region] as number, left);
    this.top[region] = Math.min(this.top[region] as number, top);
    this.right[region] = Math.max(this.right[region] as number, right);
    this.bottom[region] = Math.max(this.bottom[region] as number, bottom);
  }
}
