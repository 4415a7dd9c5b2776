import type { ClassificationComparison, GatePolicy } from '@hamon/contracts';
import { anytimeMultiplier, cohenKappa, frameCount, marginals, type Kappa } from '@hamon/stats';
import type { CheckAnswer, TaskCheck } from '../task.js';
import { percent } from '../shared/numbers.js';

/** The former version must say something else than its commonest label this often before a low kappa fails a version. */
const MIN_DIVERSITY = 0.15;

interface Shown {
  readonly frames: number;
  /** `undefined` where both versions gave all frames the same label. */
  readonly kappa: Kappa | undefined;
  /** Share of frames on which the former version says something else than its commonest label. */
  readonly diversity: number;
}

/**
 * Do the two versions still do the same job? Judged by Cohen's kappa, because raw agreement is high by chance where one
 * label is common: a model that always says it agrees on 70 % of a typical line.
 *
 * It fails where kappa is certainly below the limit. On a slice with hardly anything but one label kappa is near zero for
 * good models too, so there only a disagreement on most frames fails. It passes where kappa reaches the limit and is above
 * half of it for certain, or where the two never disagreed.
 */
export const agreement: TaskCheck<'classification'> = {
  name: 'agreement',
  judge: (comparison, policy) => {
    const shown = shownBy(comparison, policy);
    const { frames, kappa, diversity } = shown;
    const [verdict, detail] = judgeShown(shown, policy);
    return {
      verdict,
      detail,
      figures: {
        kappa: kappa?.kappa ?? null,
        lower: kappa?.lower ?? null,
        upper: kappa?.upper ?? null,
        limit: policy.minKappa,
        observed: kappa?.observed ?? null,
        diversity,
        frames,
      },
    };
  },
};

function shownBy({ table }: ClassificationComparison, { minPairedFrames, confidence }: GatePolicy): Shown {
  const frames = frameCount(table);
  const kappa = cohenKappa(table, anytimeMultiplier(Math.max(1, frames), minPairedFrames, confidence));
  const commonest = Math.max(0, ...marginals(table).first);
  return { frames, kappa, diversity: frames === 0 ? 0 : 1 - commonest / frames };
}

function judgeShown(
  { frames, kappa, diversity }: Shown,
  { minKappa, minPairedFrames }: GatePolicy,
): [CheckAnswer['verdict'], string] {
  if (frames < minPairedFrames) {
    return [
      'inconclusive',
      `${frames} of the ${minPairedFrames} frames needed have been seen by both versions`,
    ];
  }
  if (!kappa) {
    return [
      'inconclusive',
      `all ${frames} frames got one and the same label from both versions, which shows nothing`,
    ];
  }
  const figures = describeKappa(kappa);
  if (diversity < MIN_DIVERSITY) {
    // Below one half of the frames no share of the commonest label makes it chance.
    if (upperAgreement(kappa) < 0.5) return ['fail', `${figures}: they answer most frames differently`];
  } else if (kappa.upper < minKappa) {
    return ['fail', `${figures}: below ${minKappa} they do different jobs`];
  }
  const clearly = kappa.lower >= Math.min(minKappa, minKappa / 2) || kappa.observed === 1;
  if (kappa.kappa >= minKappa && clearly) return ['pass', figures];
  return ['inconclusive', `${figures}: too uncertain to say whether it reaches ${minKappa}`];
}

const describeKappa = ({ kappa, lower, upper, frames, observed }: Kappa): string =>
  `the two versions agree on ${percent(observed)} of ${frames} frames, kappa ${kappa.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;

/** Upper end of the observed agreement: kappa's interval undone. */
const upperAgreement = ({ upper, expected }: Kappa): number => upper * (1 - expected) + expected;
