import type { GatePolicy, SegmentationComparison } from '@hamon/contracts';
import { anytimeMultiplier, wilsonInterval } from '@hamon/stats';
import type { CheckAnswer, TaskCheck } from '../task.js';
import { percent } from '../shared/numbers.js';
import type { Ratio } from '../shared/ratio.js';
import { foregroundDice, pixelAgreement } from './dice.js';

/** The former version must find foreground on this share of frames before a low Dice coefficient fails a version. */
const MIN_DIVERSITY = 0.15;

interface Shown {
  readonly frames: number;
  /** `undefined` where neither version found any foreground. */
  readonly dice: Ratio | undefined;
  /** Share of frames on which the former version found foreground. */
  readonly diversity: number;
  /** Share of pixels with one label from both, and its upper end. */
  readonly observed: number;
  readonly observedUpper: number;
}

/**
 * Do the two versions still do the same job? Judged by the foreground that both see, beyond chance. It fails where that is
 * certainly below the limit; on a line on which the former version hardly finds anything, only where the two disagree on
 * most pixels. It passes where the limit is reached and half of it is for certain.
 */
export const agreement: TaskCheck<'segmentation'> = {
  name: 'agreement',
  judge: (comparison, policy) => {
    const shown = shownBy(comparison, policy);
    const { frames, dice, diversity, observed } = shown;
    const [verdict, detail] = judgeShown(shown, policy);
    return {
      verdict,
      detail,
      figures: {
        dice: dice?.ratio ?? null,
        lower: dice?.lower ?? null,
        upper: dice?.upper ?? null,
        limit: policy.tasks.segmentation.minDice,
        observed,
        diversity,
        frames,
      },
    };
  },
};

function shownBy(comparison: SegmentationComparison, { minPairedFrames, confidence }: GatePolicy): Shown {
  const { frames, firstFound } = comparison;
  const z = anytimeMultiplier(Math.max(1, frames), minPairedFrames, confidence);
  const observed = pixelAgreement(comparison);
  return {
    frames,
    dice: foregroundDice(comparison, z),
    diversity: frames === 0 ? 0 : firstFound / frames,
    observed,
    // Pixels of a frame depend on each other: a frame counts once, which is more than its share can vary.
    observedUpper: wilsonInterval(Math.min(frames, observed * frames), frames, z).upper,
  };
}

function judgeShown(
  { frames, dice, diversity, observed, observedUpper }: Shown,
  { minPairedFrames, tasks }: GatePolicy,
): [CheckAnswer['verdict'], string] {
  const { minDice } = tasks.segmentation;
  if (frames < minPairedFrames) {
    return [
      'inconclusive',
      `${frames} of the ${minPairedFrames} frames needed have been seen by both versions`,
    ];
  }
  if (!dice) {
    return ['inconclusive', `neither version found any foreground on ${frames} frames, which shows nothing`];
  }
  const figures =
    `the two versions agree on ${percent(observed)} of the pixels of ${frames} frames, ` +
    `foreground Dice beyond chance ${describeDice(dice)}`;
  if (diversity < MIN_DIVERSITY) {
    if (observedUpper < 0.5) return ['fail', `${figures}: they label most pixels differently`];
  } else if (dice.upper < minDice) {
    return ['fail', `${figures}: below ${minDice} they do different jobs`];
  }
  if (dice.ratio >= minDice && dice.lower >= minDice / 2) return ['pass', figures];
  return ['inconclusive', `${figures}: too uncertain to say whether it reaches ${minDice}`];
}

const describeDice = ({ ratio, lower, upper }: Ratio): string =>
  `${ratio.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
