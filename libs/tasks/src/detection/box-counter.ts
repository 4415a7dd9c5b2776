import type { Detection } from '@hamon/contracts';
import type { BoxCounts } from './box-counts.js';
import { matchBoxes, MATCHING_IOU } from './matching.js';

/** Distinct pairs and labels of one device's window; its message has room for them. */
const MAX_CELLS = 4096;
const MAX_WINDOW_LABELS = 500;

type Found = readonly Detection[];
/** Label of the first version and of the second; what one alone found has no other. */
type Pair = readonly [first: string | undefined, second: string | undefined];

/** Counts boxes by the labels of both versions, in bounded memory. */
export class BoxCounter {
  private readonly labels = new Map<string, number>();
  /** By `first,second`, places of labels; -1 of none. */
  private readonly cells = new Map<
    string,
    { readonly first: number; readonly second: number; boxes: number }
  >();

  /**
   * A frame counts with all its boxes or not at all: what cannot be kept is never an agreement that nobody saw.
   *
   * @returns boxes that both found under one label; undefined where there is no room for the frame
   */
  add(first: Found, second: Found): number | undefined {
    const pairs = pairsOf(first, second);
    const fresh = new Set(pairs.flat().filter((label) => label !== undefined && !this.labels.has(label)));
    if (this.labels.size + fresh.size > MAX_WINDOW_LABELS) return undefined;
    // Pairs of a label that is new here are counted as new; a few may be the same, and a window this full is no loss.
    const known = pairs.filter((pair) => this.cells.has(this.keyOf(pair)));
    if (this.cells.size + pairs.length - known.length > MAX_CELLS) return undefined;
    for (const pair of pairs) this.count(pair);
    return pairs.filter(([a, b]) => a === b).length;
  }

  build(): BoxCounts {
    const cells = [...this.cells.values()];
    return {
      labels: [...this.labels.keys()],
      both: cells.flatMap(({ first, second, boxes }): [number, number, number][] =>
        first < 0 || second < 0 ? [] : [[first, second, boxes]],
      ),
      onlyFirst: cells.flatMap(({ first, second, boxes }): [number, number][] =>
        second < 0 ? [[first, boxes]] : [],
      ),
      onlySecond: cells.flatMap(({ first, second, boxes }): [number, number][] =>
        first < 0 ? [[second, boxes]] : [],
      ),
    };
  }

  private count(pair: Pair): void {
    for (const label of pair) {
      if (label !== undefined && !this.labels.has(label)) this.labels.set(label, this.labels.size);
    }
    const key = this.keyOf(pair);
    const cell = this.cells.get(key);
    if (cell) cell.boxes += 1;
    else this.cells.set(key, { first: this.placeOf(pair[0]), second: this.placeOf(pair[1]), boxes: 1 });
  }

  private keyOf([first, second]: Pair): string {
    return `${this.placeOf(first)},${this.placeOf(second)}`;
  }

  /** -1 of no label, -2 of one that is new. */
  private placeOf(label: string | undefined): number {
    return label === undefined ? -1 : (this.labels.get(label) ?? -2);
  }
}

function pairsOf(first: Found, second: Found): Pair[] {
  const matches = matchBoxes(first, second, MATCHING_IOU);
  const [matched, matchedToo] = [new Set(matches.map(([i]) => i)), new Set(matches.map(([, j]) => j))];
  return [
    ...matches.map(([i, j]): Pair => [first[i]?.label, second[j]?.label]),
    ...first.flatMap(({ label }, i): Pair[] => (matched.has(i) ? [] : [[label, undefined]])),
    ...second.flatMap(({ label }, j): Pair[] => (matchedToo.has(j) ? [] : [[undefined, label]])),
  ];
}
