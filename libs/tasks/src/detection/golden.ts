import type { Detection, DetectionAnswer, DetectionSpec } from '@hamon/contracts';
import type { Golden } from '../task.js';
import { overlap } from './boxes.js';
import { explain } from './golden-differences.js';
import { implausible } from './implausible.js';
import { thresholdsOf } from './threshold.js';

/** A confidence of the same file on other hardware; quantised models round more differently. */
const TOLERANCE = { original: 0.02, other: 0.05 };
/** Each side of a box may move by as many pixels: of a small box that is much of its overlap. */
const SIDE_PIXELS = 2;
/** Near this overlap arithmetic decides whether a box is suppressed. */
const IOU_SLACK = 0.05;

type Found = readonly Detection[];

/** An expected and an answered detection, of which one is the other's counterpart. */
type Judge = (expected: Detection, answered: Detection) => boolean;

/**
 * Every expected detection that is clearly above its threshold must be found under its label, and every such one that is
 * found must be expected; closer to the threshold than the tolerance they may come or go. Two boxes are the same where each
 * side is within 2 pixels, or they overlap by 1 - 5 x tolerance (0.9 at 0.02).
 *
 * Non-maximum suppression decides between boxes that hardly differ: of two that overlap and have confidences within the
 * tolerance either may stand for both, and what overlaps with a box that is there may be suppressed or not, if the overlap
 * is about the limit or the box stands for another one.
 */
function broken(
  { detections }: DetectionAnswer,
  { detections: expected, tolerance }: { readonly detections: Found; readonly tolerance: number },
  spec: DetectionSpec,
): string | undefined {
  const isNear = (a: Detection, b: Detection): boolean => Math.abs(a.confidence - b.confidence) <= tolerance;
  const isSame: Judge = (a, b) => isNear(a, b) && isSameBox(a, b, tolerance);
  const suppresses: Judge = (a, b) => spec.iou !== undefined && overlap(a.box, b.box) > spec.iou - IOU_SLACK;
  const pairs = pairUp(expected, detections, [isSame, (a, b) => isNear(a, b) && suppresses(a, b)]);

  const certain = certainty(spec, tolerance);
  const isExcused = (one: Detection, others: Found, paired: ReadonlySet<Detection>): boolean =>
    others.some(
      (other) =>
        paired.has(other) &&
        other.label === one.label &&
        other.confidence >= one.confidence - tolerance &&
        suppresses(one, other),
    );
  const missing = expected.find(
    (one) => certain(one) && !pairs.has(one) && !isExcused(one, detections, pairs),
  );
  const surplus = detections.find(
    (one) => certain(one) && !pairs.has(one) && !isExcused(one, expected, pairs),
  );
  return explain(missing, surplus, detections, tolerance);
}

/** Is a detection so clearly above its label's threshold that it must be there? */
function certainty(spec: DetectionSpec, tolerance: number): (detection: Detection) => boolean {
  const thresholds = thresholdsOf(spec);
  return ({ label, confidence }) => confidence >= (thresholds[spec.labels.indexOf(label)] ?? 0) + tolerance;
}

/** Detections of both lists that have a counterpart, by each rule in turn; of several the one that overlaps most. */
function pairUp(expected: Found, answered: Found, rules: readonly Judge[]): Set<Detection> {
  const paired = new Set<Detection>();
  for (const rule of rules) {
    for (const one of expected) {
      if (paired.has(one)) continue;
      let best: Detection | undefined;
      for (const other of answered) {
        if (other.label !== one.label || paired.has(other) || !rule(one, other)) continue;
        if (!best || overlap(one.box, other.box) > overlap(one.box, best.box)) best = other;
      }
      if (best) paired.add(one).add(best);
    }
  }
  return paired;
}

function isSameBox({ box: a }: Detection, { box: b }: Detection, tolerance: number): boolean {
  const isClose = (x: number, y: number): boolean => Math.abs(x - y) <= SIDE_PIXELS;
  return (
    (isClose(a.x, b.x) &&
      isClose(a.y, b.y) &&
      isClose(a.x + a.width, b.x + b.width) &&
      isClose(a.y + a.height, b.y + b.height)) ||
    overlap(a, b) >= Math.max(0.5, 1 - 5 * tolerance)
  );
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

export const golden: Golden<'detection'> = {
  broken,
  expectationOf: ({ detections }, _spec, variant) => ({
    detections: detections.map(({ label, confidence, box }) => ({
      label,
      confidence: rounded(confidence, 6),
      box: {
        x: rounded(box.x, 3),
        y: rounded(box.y, 3),
        width: rounded(box.width, 3),
        height: rounded(box.height, 3),
      },
    })),
    tolerance: TOLERANCE[variant],
  }),
  implausible,
};
