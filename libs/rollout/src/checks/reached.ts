import { isReachedEnough, judgedText, shortfallText, type StageReach } from '../stage-reach.js';
import type { Check } from './check.js';

/** Have enough of the stage's new devices shown anything, of every hardware class? */
export const reached = {
  name: 'reached',
  judge: (reach) => {
    const { devices, judged, failed, coming, offline, needed, missingClasses } = reach;
    const isEnough = isReachedEnough(reach);
    return {
      name: 'reached',
      verdict: isEnough ? 'pass' : 'inconclusive',
      evidence: 'absolute',
      detail: isEnough ? judgedText(reach) : shortfallText(reach),
      figures: {
        devices,
        judged,
        failed,
        reached: reach.reached,
        coming,
        offline,
        needed,
        missingClasses: missingClasses.length,
      },
    };
  },
  lacks: () => 'devices',
} as const satisfies Check<StageReach>;
