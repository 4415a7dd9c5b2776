import type { DetectionComparison } from '@hamon/contracts';
import { estimateRatio, type Ratio } from '../shared/ratio.js';

/** Above this a version's boxes on one frame are those on another: the frames tell nothing of chance. */
const MOST_REPEATED = 0.85;
/** Pairs of frames that chance is estimated from. */
const MIN_CHANCE_FRAMES = 20;

export interface BeyondChance extends Pick<Ratio, 'ratio' | 'lower' | 'upper'> {
  /** Box F1 on frames that have nothing to do with each other. */
  readonly chance: number;
}

/**
 * Box F1 beyond chance: 1 where the two versions agree, 0 where they agree no better than on frames that have nothing to do with
 * each other (as Cohen's kappa corrects for labels).
 *
 * @param f1 as it was observed, with its interval
 * @returns undefined where frames hardly differ, or are too few to say
 */
export function beyondChance(
  f1: Ratio,
  { chance: moments, repeatFirst }: DetectionComparison,
  z: number,
): BeyondChance | undefined {
  const chance = estimateRatio(moments, z);
  const repeated = estimateRatio(repeatFirst, 0)?.ratio ?? 0;
  if (!chance || chance.frames < MIN_CHANCE_FRAMES || repeated > MOST_REPEATED || chance.ratio >= 1) {
    return undefined;
  }
  const scale = 1 - chance.ratio;
  const ratio = (f1.ratio - chance.ratio) / scale;
  return {
    ratio,
    lower: ratio - Math.hypot(f1.ratio - f1.lower, chance.upper - chance.ratio) / scale,
    upper: ratio + Math.hypot(f1.upper - f1.ratio, chance.ratio - chance.lower) / scale,
    chance: chance.ratio,
  };
}
