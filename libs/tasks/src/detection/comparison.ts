import type { DetectionAnswer, DetectionComparison } from '@hamon/contracts';
import type { Comparisons, PairCollector } from '../task.js';
import { addUp } from '../shared/numbers.js';
import { emptyRatio, mergeRatios, RatioCollector } from '../shared/ratio.js';
import { BoxCounter } from './box-counter.js';
import { mergeBoxes, noBoxes, transposeBoxes, type BoxCounts } from './box-counts.js';
import { ChanceCollector, mergeChance, noChance, type ChanceMoments } from './chance.js';
import { comparisonFault } from './comparison-fault.js';

/**
 * Boxes of a version that a frame is compared by, the most confident: pairs of boxes at one place grow with the square of
 * their number, and a version that floods its frames must not hold up the one that answers.
 */
const MOST_COMPARED = 300;

/** Frames by who found something. */
type FrameCounts = Omit<DetectionComparison, 'kind' | 'f1' | keyof BoxCounts | keyof ChanceMoments>;

const noFrames = (): FrameCounts => ({
  frames: 0,
  emptyFrames: 0,
  firstFound: 0,
  secondSilent: 0,
  secondFound: 0,
  firstSilent: 0,
});

class Pairs implements PairCollector<'detection'> {
  private readonly boxes = new BoxCounter();
  private readonly f1 = new RatioCollector();
  private readonly chance = new ChanceCollector();
  private counts = noFrames();

  get frames(): number {
    return this.counts.frames;
  }

  add(one: DetectionAnswer, other: DetectionAnswer): void {
    const first = one.detections.slice(0, MOST_COMPARED);
    const second = other.detections.slice(0, MOST_COMPARED);
    const same = this.boxes.add(first, second);
    if (same === undefined) return;
    this.f1.add(2 * same, first.length + second.length);
    this.chance.add(first, second);
    const [found, foundToo] = [Number(first.length > 0), Number(second.length > 0)];
    this.counts = addUp(this.counts, {
      frames: 1,
      emptyFrames: (1 - found) * (1 - foundToo),
      firstFound: found,
      secondSilent: found * (1 - foundToo),
      secondFound: foundToo,
      firstSilent: foundToo * (1 - found),
    });
  }

  build(): DetectionComparison {
    const [f1, chance] = [this.f1.build(), this.chance.build()];
    return { kind: 'detection/1', ...this.counts, ...this.boxes.build(), f1, ...chance };
  }
}

const framesOf = (comparison: DetectionComparison): FrameCounts => {
  const { frames, emptyFrames, firstFound, secondSilent, secondFound, firstSilent } = comparison;
  return { frames, emptyFrames, firstFound, secondSilent, secondFound, firstSilent };
};

const merge = (a: DetectionComparison, b: DetectionComparison): DetectionComparison => ({
  kind: 'detection/1',
  ...addUp(framesOf(a), framesOf(b)),
  ...mergeBoxes(a, b),
  f1: mergeRatios(a.f1, b.f1),
  ...mergeChance(a, b),
});

const transpose = (comparison: DetectionComparison): DetectionComparison => ({
  ...comparison,
  firstFound: comparison.secondFound,
  secondSilent: comparison.firstSilent,
  secondFound: comparison.firstFound,
  firstSilent: comparison.secondSilent,
  ...transposeBoxes(comparison),
  repeatFirst: comparison.repeatSecond,
  repeatSecond: comparison.repeatFirst,
});

export const comparisons: Comparisons<'detection'> = {
  empty: () => ({ kind: 'detection/1', ...noFrames(), ...noBoxes(), f1: emptyRatio(), ...noChance() }),
  collect: () => new Pairs(),
  merge,
  transpose,
  fault: comparisonFault,
  measure: 'box F1',
  agreement: ({ f1 }) => (f1.denominator > 0 ? f1.numerator / f1.denominator : null),
  anotherJob: 0.1,
};
