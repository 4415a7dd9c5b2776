import type { Detection, DetectionComparison } from '@hamon/contracts';
import { emptyRatio, mergeRatios, RatioCollector } from '../shared/ratio.js';
import { matchBoxes, MATCHING_IOU } from './matching.js';

export type ChanceMoments = Pick<DetectionComparison, 'chance' | 'repeatFirst' | 'repeatSecond'>;
type Found = readonly Detection[];

/** Frames between the two that are held beside each other: a part may stay in view for a few. */
const LAG = 4;

/**
 * What two versions share whatever they look at. A version that always finds the same large box shares it with one that often
 * finds such a box; so one's boxes are held beside the other's on another frame, and what that gives is no agreement. Each
 * version's own boxes on the two frames say whether these differ at all.
 */
export class ChanceCollector {
  private readonly before: { readonly first: Found; readonly second: Found }[] = [];
  private readonly chance = new RatioCollector();
  private readonly repeatFirst = new RatioCollector();
  private readonly repeatSecond = new RatioCollector();

  add(first: Found, second: Found): void {
    this.before.push({ first, second });
    const other = this.before.length > LAG ? this.before.shift() : undefined;
    if (!other) return;
    // Both ways round, so that it is the same seen from either version.
    this.chance.add(...f1Parts(other.first, second));
    this.chance.add(...f1Parts(first, other.second));
    this.repeatFirst.add(...f1Parts(other.first, first));
    this.repeatSecond.add(...f1Parts(other.second, second));
  }

  build(): ChanceMoments {
    return {
      chance: this.chance.build(),
      repeatFirst: this.repeatFirst.build(),
      repeatSecond: this.repeatSecond.build(),
    };
  }
}

function f1Parts(first: Found, second: Found): [numerator: number, denominator: number] {
  const same = matchBoxes(first, second, MATCHING_IOU).filter(
    ([i, j]) => first[i]?.label === second[j]?.label,
  );
  return [2 * same.length, first.length + second.length];
}

export const noChance = (): ChanceMoments => ({
  chance: emptyRatio(),
  repeatFirst: emptyRatio(),
  repeatSecond: emptyRatio(),
});

export const mergeChance = (a: ChanceMoments, b: ChanceMoments): ChanceMoments => ({
  chance: mergeRatios(a.chance, b.chance),
  repeatFirst: mergeRatios(a.repeatFirst, b.repeatFirst),
  repeatSecond: mergeRatios(a.repeatSecond, b.repeatSecond),
});
