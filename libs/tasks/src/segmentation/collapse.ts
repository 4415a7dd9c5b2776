import type { SegmentationComparison } from '@hamon/contracts';
import { anytimeMultiplier, COLLAPSED_LOWER_BOUND, COLLAPSED_SHARE, wilsonInterval } from '@hamon/stats';
import type { Breakdown, CheckAnswer, TaskCheck } from '../task.js';
import { percent } from '../shared/numbers.js';

/** Frames on which the former version finds foreground, before a version can pass. */
const MIN_FOUND = 5;

interface Silence {
  readonly found: number;
  readonly silent: number;
  readonly share: number;
  readonly lower: number;
}

/** Has all foreground vanished? Told by the frames on which the former version finds some. */
export const collapse: TaskCheck<'segmentation'> = {
  name: 'collapse',
  judge: (comparison, { minPairedFrames, confidence }) => {
    const { firstFound } = comparison;
    const z = anytimeMultiplier(Math.max(1, firstFound), minPairedFrames / 4, confidence);
    const silence = silenceOf(comparison, z);
    const [verdict, detail] = judgeSilence(silence);
    const { found, silent, share, lower } = silence;
    return { verdict, detail, figures: { share, lower, limit: COLLAPSED_SHARE, others: found, silent } };
  },
};

function judgeSilence(silence: Silence): [CheckAnswer['verdict'], string] {
  const { found, share } = silence;
  const detail = `the version finds none on ${percent(share)} of the ${found} frames on which the former one finds foreground`;
  if (hasVanished(silence)) return ['fail', detail];
  if (found < MIN_FOUND) {
    return [
      'inconclusive',
      `the former version found foreground on ${found} frames only, ${MIN_FOUND} are needed`,
    ];
  }
  return [share >= COLLAPSED_SHARE ? 'inconclusive' : 'pass', detail];
}

export function breakdown(comparison: SegmentationComparison, z: number): Breakdown | undefined {
  const silence = silenceOf(comparison, z);
  if (!hasVanished(silence)) return undefined;
  const { found, silent } = silence;
  return {
    code: 'answer-collapse',
    detail: `it finds nothing on ${silent} of ${found} frames on which the former version finds foreground`,
  };
}

function silenceOf({ firstFound, secondSilent }: SegmentationComparison, z: number): Silence {
  return {
    found: firstFound,
    silent: secondSilent,
    share: firstFound === 0 ? 0 : secondSilent / firstFound,
    lower: wilsonInterval(secondSilent, firstFound, z).lower,
  };
}

const hasVanished = ({ share, lower }: Silence): boolean =>
  share >= COLLAPSED_SHARE && lower > COLLAPSED_LOWER_BOUND;
