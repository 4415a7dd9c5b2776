import type { Box } from '@hamon/contracts';

/** Connected pixels of one label, in pixels of the frame. */
export interface Region {
  readonly label: number;
  readonly area: number;
  readonly box: Box;
  /** The highest of the values that were looked at. */
  readonly peak: number;
}

/** Which regions are told: those with the most of something. */
export interface WantedRegions {
  readonly by: 'area' | 'peak';
  readonly most: number;
  readonly leastArea?: number;
}

/** Disjoint sets of runs with what is known of each; a set's earliest run stands for it. */
export class RegionSet {
  /** The best of the regions that are complete, the best first. */
  private readonly best: Region[] = [];
  private parents: number[] = [];
  private labels: number[] = [];
  private areas: number[] = [];
  private peaks: number[] = [];
  private left: number[] = [];
  private top: number[] = [];
  private right: number[] = [];
  private bottom: number[] = [];

  constructor(private readonly wanted: WantedRegions) {}

  /** Runs that are remembered. */
  get size(): number {
    return this.parents.length;
  }

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

  /**
   * Forgets all regions but the open ones, which may still grow; the best of the others are kept.
   *
   * @returns the open regions' new places, by place as `find` tells it
   */
  settle(open: ReadonlySet<number>): ReadonlyMap<number, number> {
    this.keepBest(open);
    const places = [...open].sort((a, b) => a - b);
    const of = (values: readonly number[]): number[] => places.map((place) => values[place] as number);
    this.labels = of(this.labels);
    this.areas = of(this.areas);
    this.peaks = of(this.peaks);
    this.left = of(this.left);
    this.top = of(this.top);
    this.right = of(this.right);
    this.bottom = of(this.bottom);
    this.parents = places.map((_, place) => place);
    return new Map(places.map((old, place) => [old, place]));
  }

  /** The wanted regions, the best first; of equals the one that was found first. */
  build(): Region[] {
    this.keepBest(new Set());
    return this.best;
  }

  private keepBest(open: ReadonlySet<number>): void {
    const { by, most, leastArea = 0 } = this.wanted;
    const ranks = by === 'area' ? this.areas : this.peaks;
    for (let run = 0; run < this.parents.length; run += 1) {
      if (this.parents[run] !== run || open.has(run) || (this.areas[run] as number) < leastArea) continue;
      const rank = ranks[run] as number;
      if (this.best.length === most && rank <= (this.best.at(-1)?.[by] ?? Infinity)) continue;
      this.best.splice(this.placeFor(rank), 0, this.regionOf(run));
      if (this.best.length > most) this.best.pop();
    }
  }

  /** Behind all that are as good. */
  private placeFor(rank: number): number {
    let [from, to] = [0, this.best.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.best[middle] as Region)[this.wanted.by] >= rank) from = middle + 1;
      else to = middle;
    }
    return from;
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
