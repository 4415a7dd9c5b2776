import type { AnomalyComparison, GatePolicy } from '@hamon/contracts';
import { anytimeMultiplier, rankCorrelation } from '@hamon/stats';
import type { CheckAnswer, TaskCheck } from '../task.js';
import { decisionKappa, diversityOf, isDiverse } from './decisions.js';

/** What the two versions agree in, on one scale whatever it is measured by. */
interface Shown {
  readonly measure: 'kappa of decisions' | 'rank correlation of scores';
  readonly limit: number;
  /** `undefined` where it does not exist: a version that gives all frames one score. */
  readonly found: { readonly value: number; readonly lower: number; readonly upper: number } | undefined;
}

/**
 * Do the two versions still do the same job? Judged by Cohen's kappa of the decisions, and where the former version hardly
 * decides otherwise than once, as most lines have it, by the rank correlation of the scores. It fails where that is certainly
 * below the limit, and passes where the limit is reached and half of it is for certain.
 */
export const agreement: TaskCheck<'anomaly'> = {
  name: 'agreement',
  judge: (comparison, policy) => {
    const shown = shownBy(comparison, policy);
    const [verdict, detail] = judgeShown(comparison.frames, shown, policy);
    const { measure, limit, found } = shown;
    return {
      verdict,
      detail,
      figures: {
        [measure.startsWith('kappa') ? 'kappa' : 'rankCorrelation']: found?.value ?? null,
        lower: found?.lower ?? null,
        upper: found?.upper ?? null,
        limit,
        diversity: diversityOf(comparison),
        frames: comparison.frames,
      },
    };
  },
};

function shownBy(comparison: AnomalyComparison, policy: GatePolicy): Shown {
  const { minKappa, minRankCorrelation } = policy.tasks.anomaly;
  const frames = Math.max(1, comparison.frames);
  const z = anytimeMultiplier(frames, policy.minPairedFrames, policy.confidence);
  if (isDiverse(comparison)) {
    const kappa = decisionKappa(comparison, z);
    const found = kappa && { value: kappa.kappa, lower: kappa.lower, upper: kappa.upper };
    return { measure: 'kappa of decisions', limit: minKappa, found };
  }
  const found = rankCorrelation(comparison.scores, z);
  return { measure: 'rank correlation of scores', limit: minRankCorrelation, found };
}

function judgeShown(
  frames: number,
  { measure, limit, found }: Shown,
  { minPairedFrames }: GatePolicy,
): [CheckAnswer['verdict'], string] {
  if (frames < minPairedFrames) {
    return [
      'inconclusive',
      `${frames} of the ${minPairedFrames} frames needed have been seen by both versions`,
    ];
  }
  if (!found) {
    return ['inconclusive', `a version gave all ${frames} frames about one score, which shows nothing`];
  }
  const { value, lower, upper } = found;
  const figures = `${measure} ${value.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)}) on ${frames} frames`;
  if (upper < limit) return ['fail', `${figures}: below ${limit} they do different jobs`];
  if (value >= limit && lower >= Math.min(limit, limit / 2)) return ['pass', figures];
  return ['inconclusive', `${figures}: too uncertain to say whether it reaches ${limit}`];
}
