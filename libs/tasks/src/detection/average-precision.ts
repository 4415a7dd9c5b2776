/** Overlaps at which a detection counts as right, 0.50 to 0.95. */
export const IOU_LIMITS = Array.from({ length: 10 }, (_, i) => 0.5 + 0.05 * i);
const RECALL_POINTS = 101;

/** One detection, judged at every limit: bit `i` of each is of `IOU_LIMITS[i]`. */
export interface Judged {
  readonly score: number;
  readonly right: number;
  /** Neither right nor wrong, within what stands for many of a kind. */
  readonly ignored: number;
}

/**
 * Average precision at one limit by COCO's rules: precision made monotonous, then read at 101 levels of recall. Detections of
 * equal score count in the order in which they came.
 *
 * @param judged of all images, the best first
 * @param truths boxes that there are, without crowds; at least 1
 */
export function averagePrecision(judged: readonly Judged[], limit: number, truths: number): number {
  const bit = 1 << limit;
  const recalls: number[] = [];
  const precisions: number[] = [];
  let [right, wrong] = [0, 0];
  for (const one of judged) {
    if ((one.ignored & bit) !== 0) continue;
    if ((one.right & bit) !== 0) right += 1;
    else wrong += 1;
    recalls.push(right / truths);
    precisions.push(right / (right + wrong));
  }
  for (let i = precisions.length - 1; i > 0; i -= 1) {
    precisions[i - 1] = Math.max(precisions[i - 1] as number, precisions[i] as number);
  }
  let [sum, at] = [0, 0];
  for (let point = 0; point < RECALL_POINTS; point += 1) {
    const level = point / (RECALL_POINTS - 1);
    while (at < recalls.length && (recalls[at] as number) < level) at += 1;
    sum += precisions[at] ?? 0;
  }
  return sum / RECALL_POINTS;
}
