import { MAX_DETECTIONS, type DetectionComparison } from '@hamon/contracts';
import { ratioFault } from '../shared/ratio.js';
import { totalsOf } from './box-counts.js';

/** Why no frames give such counts, or undefined: a device may send anything. */
export function comparisonFault(comparison: DetectionComparison): string | undefined {
  const { labels, both, onlyFirst, onlySecond, f1 } = comparison;
  if (new Set(labels).size < labels.length) return 'a label is named twice';
  const isCounted = (entry: readonly number[]): boolean =>
    entry.slice(0, -1).every((label) => label in labels) && isCount(entry.at(-1));
  if (![...both, ...onlyFirst, ...onlySecond].every(isCounted)) {
    return 'boxes are counted under labels that are not named';
  }
  if (!areFrames(comparison)) return 'frames by who found something contradict each other';
  const { chance, repeatFirst, repeatSecond } = comparison;
  const [fault] = [f1, chance, repeatFirst, repeatSecond].flatMap((moments) => ratioFault(moments) ?? []);
  if (fault !== undefined) return `box F1: ${fault}`;
  if (!areOfFrames(comparison)) return 'box F1: more frames, or more boxes in them, than there can be';
  const totals = totalsOf(comparison);
  const boxes = 2 * totals.both + totals.onlyFirst + totals.onlySecond;
  // Less is possible: labels beyond the limit are not kept.
  return boxes > f1.denominator || 2 * totals.same > f1.numerator
    ? `${boxes} boxes of both versions are counted, of ${f1.denominator} that they found`
    : undefined;
}

function areFrames(comparison: DetectionComparison): boolean {
  const { frames, emptyFrames, firstFound, secondSilent, secondFound, firstSilent, f1 } = comparison;
  return (
    [frames, emptyFrames, firstFound, secondSilent, secondFound, firstSilent].every(isCount) &&
    secondSilent <= firstFound &&
    firstSilent <= secondFound &&
    // Each frame on which anything was found has a first who found it or was silent, and a second.
    firstFound + firstSilent === f1.frames &&
    secondFound + secondSilent === f1.frames &&
    emptyFrames + f1.frames === frames
  );
}

/** As many as both versions may find on a frame. A single frame must not outweigh all others. */
const MOST_BOXES = 2 * MAX_DETECTIONS;

/** Chance holds two versions against each other both ways round. */
function areOfFrames({ frames, f1, chance, repeatFirst, repeatSecond }: DetectionComparison): boolean {
  return (
    [f1, chance, repeatFirst, repeatSecond].every((sums) => sums.denominator <= MOST_BOXES * sums.frames) &&
    chance.frames <= 2 * frames &&
    Math.max(repeatFirst.frames, repeatSecond.frames) <= frames
  );
}

const isCount = (n: number | undefined): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
