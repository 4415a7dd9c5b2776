import { Candidates } from './candidates.js';
import type { Head } from './head.js';

/** Kept boxes of a frame: class-wise greedy non-maximum suppression. Buffers are kept from frame to frame. */
export class Suppression {
  /** Left, upper, right and lower edge by kept box; one more is being looked at. */
  readonly corners: Float64Array;
  readonly anchors: Int32Array;
  private readonly areas: Float64Array;
  /** Kept boxes of one label form a chain: the latest by label, and the one before by box. */
  private readonly latest: Int32Array;
  private readonly previous: Int32Array;

  /** @param iou of two boxes of one label that overlap by more than this the worse is left out; without it none is */
  constructor(
    labels: number,
    private readonly most: number,
    private readonly iou: number | undefined,
  ) {
    this.corners = new Float64Array(4 * (most + 1));
    this.anchors = new Int32Array(most);
    this.areas = new Float64Array(most);
    this.latest = new Int32Array(labels);
    this.previous = new Int32Array(most);
  }

  /**
   * Since the best come first, whatever is kept after `most` boxes would be cut again.
   *
   * @param ranked keys of candidates, the best first
   * @returns boxes kept, or undefined where one is not finite
   */
  keep(head: Head, ranked: Float64Array, labels: Uint16Array): number | undefined {
    const { corners, anchors, areas, latest, previous, most } = this;
    latest.fill(-1);
    let kept = 0;
    for (let rank = 0; rank < ranked.length && kept < most; rank += 1) {
      const anchor = Candidates.anchorOf(ranked[rank] as number);
      const at = 4 * kept;
      head.corners(anchor, corners, at);
      const width = (corners[at + 2] as number) - (corners[at] as number);
      const height = (corners[at + 3] as number) - (corners[at + 1] as number);
      const area = width * height;
      if (!Number.isFinite(area)) return undefined;
      if (width <= 0 || height <= 0) continue;
      const label = labels[anchor] as number;
      if (this.isCovered(at, area, latest[label] as number)) continue;
      anchors[kept] = anchor;
      areas[kept] = area;
      previous[kept] = latest[label] as number;
      latest[label] = kept;
      kept += 1;
    }
    return kept;
  }

  /** Does a kept box of the chain overlap the one at `at` by too much? */
  private isCovered(at: number, area: number, chain: number): boolean {
    const { corners, areas, previous, iou } = this;
    if (iou === undefined) return false;
    const [x1, y1] = [corners[at] as number, corners[at + 1] as number];
    const [x2, y2] = [corners[at + 2] as number, corners[at + 3] as number];
    for (let other = chain; other >= 0; other = previous[other] as number) {
      const from = 4 * other;
      const width = Math.min(x2, corners[from + 2] as number) - Math.max(x1, corners[from] as number);
      if (width <= 0) continue;
      const height = Math.min(y2, corners[from + 3] as number) - Math.max(y1, corners[from + 1] as number);
      if (height <= 0) continue;
      const both = width * height;
      if (both > iou * (area + (areas[other] as number) - both)) return true;
    }
    return false;
  }
}
