import type { DetectionComparison } from '@hamon/contracts';
import { COLLAPSED_LOWER_BOUND, COLLAPSED_SHARE, wilsonInterval } from '@hamon/stats';
import type { Breakdown } from '../task.js';

/** Does the second find nothing where the first finds something? A good version misses some of it, not nine tenths. */
export function breakdown(
  { firstFound, secondSilent }: DetectionComparison,
  z: number,
): Breakdown | undefined {
  if (firstFound === 0 || secondSilent / firstFound < COLLAPSED_SHARE) return undefined;
  if (wilsonInterval(secondSilent, firstFound, z).lower <= COLLAPSED_LOWER_BOUND) return undefined;
  return {
    code: 'answer-collapse',
    detail: `it finds nothing on ${secondSilent} of ${firstFound} frames on which the former version finds something`,
  };
}
