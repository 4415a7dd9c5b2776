import type { Detection } from '@hamon/contracts';
import { overlap } from './boxes.js';

/** Two boxes are one where they overlap by half. */
export const MATCHING_IOU = 0.5;

/** Longest list that is matched: a place has ten bits of a key. */
const MOST_PLACES = 1024;
/** Overlaps closer than this are equal. */
const IOU_STEPS = 2 ** 29;
const TIES = 2 * MOST_PLACES ** 2;

/** Places of two boxes in their lists. */
export type Match = readonly [first: number, second: number];

/**
 * Boxes that both lists have: each at most once, those of one label first, since class-wise suppression leaves boxes of
 * several labels at one place; then by overlap. Exact ties go by the places, the same way whichever list is the first.
 *
 * @param first 1024 detections at most, as of `second`
 */
export function matchBoxes(
  first: readonly Detection[],
  second: readonly Detection[],
  leastIou: number,
): Match[] {
  const [taken, takenToo] = [new Uint8Array(first.length), new Uint8Array(second.length)];
  const matches: Match[] = [];
  for (const key of keysOf(first, second, leastIou)) {
    const [i, j] = placesOf(key);
    if (taken[i] === 1 || takenToo[j] === 1) continue;
    taken[i] = 1;
    takenToo[j] = 1;
    matches.push([i, j]);
  }
  return matches;
}

/** Overlapping pairs, each as one number, the best first: hundreds of boxes at one place are as many pairs squared. */
function keysOf(first: readonly Detection[], second: readonly Detection[], leastIou: number): Float64Array {
  const keys = new Float64Array(first.length * second.length);
  let count = 0;
  for (let i = 0; i < first.length; i += 1) {
    const { box, label } = first[i] as Detection;
    for (let j = 0; j < second.length; j += 1) {
      const other = second[j] as Detection;
      const iou = overlap(box, other.box);
      if (!(iou >= leastIou)) continue;
      const apart = Math.round((1 - iou) * IOU_STEPS) + (label === other.label ? 0 : 2 * IOU_STEPS);
      const [low, high] = i < j ? [i, j] : [j, i];
      keys[count] = apart * TIES + (low * MOST_PLACES + high) * 2 + (i < j ? 0 : 1);
      count += 1;
    }
  }
  return keys.subarray(0, count).sort();
}

function placesOf(key: number): Match {
  const tie = key % TIES;
  const places = Math.floor(tie / 2);
  const [low, high] = [Math.floor(places / MOST_PLACES), places % MOST_PLACES];
  return tie % 2 === 0 ? [low, high] : [high, low];
}
