import type { Detection } from '@hamon/contracts';
import type { TrueBox } from '../truth.js';
import { IOU_LIMITS, type Judged } from './average-precision.js';
import { areaOf, intersection } from './boxes.js';

/**
 * Detections of one label in one image beside its true boxes, by COCO's rules: the best first, each takes the free true box
 * that it overlaps most, and a crowd, which any number may take, only where there is none.
 */
export function judgeDetections(detections: readonly Detection[], truths: readonly TrueBox[]): Judged[] {
  // Crowds last: whoever reaches them has found nothing of its own.
  const ordered = [...truths.filter((one) => !one.isCrowd), ...truths.filter((one) => one.isCrowd)];
  const overlaps = detections.map((found) => ordered.map((truth) => overlapWith(truth, found)));
  const judged = detections.map(({ confidence }) => ({ score: confidence, right: 0, ignored: 0 }));
  IOU_LIMITS.forEach((limit, place) => {
    const taken = new Set<number>();
    judged.forEach((one, i) => {
      const match = bestFree(overlaps[i] ?? [], ordered, taken, limit);
      if (match === undefined) return;
      taken.add(match);
      if (ordered[match]?.isCrowd) one.ignored |= 1 << place;
      else one.right |= 1 << place;
    });
  });
  return judged;
}

/** Of equal overlaps the last, as COCO's tools have it. */
function bestFree(
  overlaps: readonly number[],
  truths: readonly TrueBox[],
  taken: ReadonlySet<number>,
  limit: number,
): number | undefined {
  let best = Math.min(limit, 1 - 1e-10);
  let match: number | undefined;
  for (const [i, overlap] of overlaps.entries()) {
    const isCrowd = truths[i]?.isCrowd ?? false;
    if (taken.has(i) && !isCrowd) continue;
    if (isCrowd && match !== undefined && !(truths[match]?.isCrowd ?? false)) break;
    if (overlap < best) continue;
    best = overlap;
    match = i;
  }
  return match;
}

/** Of a crowd, the share of the detection that lies within. */
function overlapWith(truth: TrueBox, { box }: Detection): number {
  const both = intersection(truth, box);
  const whole = truth.isCrowd ? areaOf(box) : areaOf(truth) + areaOf(box) - both;
  return both === 0 ? 0 : both / whole;
}
