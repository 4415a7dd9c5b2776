import type { SegmentationComparison } from '@hamon/contracts';
import { estimateRatio, type Ratio } from '../shared/ratio.js';

/**
 * Dice coefficient of the foreground beyond chance: 1 where both versions say the same, 0 where they agree no more than two
 * would that spread these shares of the labels over the frames blindly. A version that paints everything agrees on many a
 * defect by chance alone, and on lines that hardly have any, good versions agree on little more.
 *
 * @param z standard errors of its interval
 * @returns undefined where neither found any foreground
 */
export function foregroundDice(comparison: SegmentationComparison, z: number): Ratio | undefined {
  const plain = estimateRatio(comparison.dice, z);
  if (!plain) return undefined;
  const chance = chanceOf(comparison);
  const beyond = (ratio: number): number => (chance >= 1 ? 0 : (ratio - chance) / (1 - chance));
  return { ...plain, ratio: beyond(plain.ratio), lower: beyond(plain.lower), upper: beyond(plain.upper) };
}

function chanceOf({ frames, background, labels, dice }: SegmentationComparison): number {
  const common = labels.reduce(
    (sum, { label, first, second }) => (label === background ? sum : sum + (first / frames) * second),
    0,
  );
  return (2 * common) / dice.denominator;
}

/** Share of pixels to which both give the same label. */
export const pixelAgreement = ({ frames, labels }: SegmentationComparison): number =>
  frames === 0 ? 0 : labels.reduce((sum, { both }) => sum + both, 0) / frames;
