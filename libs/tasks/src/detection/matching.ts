import type { Box, Detection } from '@hamon/contracts';
import { overlap } from './boxes.js';

/** Two boxes are one where they overlap by half. */
export const MATCHING_IOU = 0.5;

/** Places of two boxes in their lists. */
export type Match = readonly [first: number, second: number];

interface Pair {
  readonly first: number;
  readonly second: number;
  readonly iou: number;
}

/**
 * Boxes that both lists have: each at most once, those of one label first, since class-wise suppression leaves boxes of
 * several labels at one place; then by overlap. Exact ties go by the places, the same way whichever list is the first.
 */
export function matchBoxes(
  first: readonly Detection[],
  second: readonly Detection[],
  leastIou: number,
): Match[] {
  const pairs = pairsOf(first, second, leastIou);
  const isSame = ({ first: i, second: j }: Pair): boolean => first[i]?.label === second[j]?.label;
  const [taken, takenToo] = [new Set<number>(), new Set<number>()];
  const matches: Match[] = [];
  const take = (candidates: readonly Pair[]): void => {
    for (const pair of [...candidates].sort(byOverlap)) {
      if (taken.has(pair.first) || takenToo.has(pair.second)) continue;
      taken.add(pair.first);
      takenToo.add(pair.second);
      matches.push([pair.first, pair.second]);
    }
  };
  take(pairs.filter(isSame));
  take(pairs.filter((pair) => !isSame(pair)));
  return matches;
}

function pairsOf(first: readonly Detection[], second: readonly Detection[], leastIou: number): Pair[] {
  const pairs: Pair[] = [];
  const others: readonly Box[] = second.map(({ box }) => box);
  first.forEach(({ box }, i) => {
    others.forEach((other, j) => {
      const iou = overlap(box, other);
      if (iou >= leastIou) pairs.push({ first: i, second: j, iou });
    });
  });
  return pairs;
}

const byOverlap = (a: Pair, b: Pair): number =>
  b.iou - a.iou ||
  Math.min(a.first, a.second) - Math.min(b.first, b.second) ||
  Math.max(a.first, a.second) - Math.max(b.first, b.second);
