import { sumArrivals, type Arrivals, type EvidenceContribution } from './evidence.js';
import { counted, percent } from './format.js';

/** Below it a broken frame now and then is not worth a sentence. */
const TOLD_SHARE = 0.01;

export const rejectedCount = ({ undecodable, mismatched }: Arrivals): number => undecodable + mismatched;

/** Null where nothing came. */
export const rejectedShare = (arrivals: Arrivals): number | null =>
  arrivals.frames === 0 ? null : rejectedCount(arrivals) / arrivals.frames;

/**
 * A sentence on frames that reached no model, or undefined where they are few. They speak against no version,
 * for none saw them; but whoever reads why a gate waits for frames has to learn that they came and were refused.
 */
export function rejectedText(shown: readonly EvidenceContribution[]): string | undefined {
  const arrivals = sumArrivals(shown.flatMap(({ candidate, control }) => [candidate, control]));
  const share = rejectedShare(arrivals);
  if (share === null || share < TOLD_SHARE) return undefined;
  const { frames, undecodable, mismatched } = arrivals;
  const why = [
    ...(undecodable > 0 ? [`${undecodable} no image that decodes`] : []),
    ...(mismatched > 0 ? [`${mismatched} of a shape that the model does not take`] : []),
  ].join(', ');
  return `${rejectedCount(arrivals)} of ${counted(frames, 'frame')} (${percent(share)}) reached no model: ${why}`;
}
