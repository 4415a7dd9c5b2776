import type { DetectionComparison } from '@hamon/contracts';
import { mergeTables } from '@hamon/stats';

/** Counted boxes of a comparison; the others index `labels`. */
export type BoxCounts = Pick<DetectionComparison, 'labels' | 'both' | 'onlyFirst' | 'onlySecond'>;

/** As many as a stage keeps of all its windows, the one for what is not kept among them. */
const MAX_LABELS = 1001;
/** Pairs of different labels that a stage keeps. */
const MAX_PAIRS = 16_384;

export const noBoxes = (): BoxCounts => ({ labels: [], both: [], onlyFirst: [], onlySecond: [] });

/**
 * Where the second brings more labels than a version may have, its boxes are left out: a device may invent labels, and every
 * one of them would be kept and stored.
 */
export function mergeBoxes(a: BoxCounts, b: BoxCounts): BoxCounts {
  const { labels, cells } = mergeTables(
    { labels: a.labels, cells: a.both },
    { labels: b.labels, cells: b.both },
    MAX_PAIRS,
  );
  if (labels.length > MAX_LABELS) {
    return { labels: a.labels, both: a.both, onlyFirst: a.onlyFirst, onlySecond: a.onlySecond };
  }
  return {
    labels,
    both: cells,
    onlyFirst: mergeSingles(labels, [a.labels, a.onlyFirst], [b.labels, b.onlyFirst]),
    onlySecond: mergeSingles(labels, [a.labels, a.onlySecond], [b.labels, b.onlySecond]),
  };
}

type Single = [label: number, boxes: number];

function mergeSingles(
  labels: readonly string[],
  ...parts: readonly (readonly [readonly string[], readonly Single[]])[]
): Single[] {
  const places = new Map(labels.map((label, place) => [label, place]));
  const sums = new Map<number, number>();
  for (const [own, singles] of parts) {
    for (const [label, boxes] of singles) {
      const place = places.get(own[label] ?? '') ?? 0;
      sums.set(place, (sums.get(place) ?? 0) + boxes);
    }
  }
  return [...sums];
}

export const transposeBoxes = ({ labels, both, onlyFirst, onlySecond }: BoxCounts): BoxCounts => ({
  labels,
  both: both.map(([first, second, boxes]) => [second, first, boxes]),
  onlyFirst: onlySecond,
  onlySecond: onlyFirst,
});

/** Boxes by who found them; `same` of `both` are those under one label. */
export interface BoxTotals {
  readonly both: number;
  readonly same: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

export function totalsOf({ both, onlyFirst, onlySecond }: BoxCounts): BoxTotals {
  const sum = (entries: readonly (readonly number[])[]): number =>
    entries.reduce((total, entry) => total + (entry.at(-1) ?? 0), 0);
  return {
    both: sum(both),
    same: sum(both.filter(([first, second]) => first === second)),
    onlyFirst: sum(onlyFirst),
    onlySecond: sum(onlySecond),
  };
}
