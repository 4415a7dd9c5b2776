import type { GateCheck } from '@hamon/contracts';
import {
  anytimeMultiplier,
  cohenKappa,
  frameCount,
  marginals,
  type ContingencyTable,
  type Kappa,
} from '@hamon/stats';
import { percent } from '../format.js';
import type { GateInput } from '../gate-input.js';
import { CANNOT_PAIR, cannotPair, worseOfPairs } from './worse-of-cohorts.js';

/** The control must say something else than its commonest label this often before a low kappa convicts anybody. */
const MIN_DIVERSITY = 0.15;

/**
 * Do the two versions still do the same job? Judged by Cohen's kappa on the same frames, because raw agreement is high by
 * chance where one label is common: a model that always says it agrees on 70 % of a typical line.
 *
 * It fails where kappa is certainly below the limit, the interval holding at every look. On a slice with hardly anything
 * but one label kappa is near zero for good models too, so there only a disagreement on most frames fails. It passes
 * where kappa reaches the limit and is above half of it for certain, or where the two never disagreed.
 */
export const checkAgreement = (input: GateInput): GateCheck =>
  worseOfPairs(input, (paired) => agreementOf(paired, input));

function agreementOf(paired: ContingencyTable, input: GateInput): GateCheck {
  const { evidence, policy } = input;
  const { unpairedFrames } = evidence;
  const frames = frameCount(paired);
  const z = anytimeMultiplier(Math.max(1, frames), policy.minPairedFrames, policy.confidence);
  const kappa = cohenKappa(paired, z);
  const commonest = Math.max(0, ...marginals(paired).first);
  const diversity = frames === 0 ? 0 : 1 - commonest / frames;
  const [verdict, detail] = judgeKappa();
  return {
    name: 'agreement',
    verdict,
    evidence: 'paired',
    detail,
    figures: {
      kappa: kappa?.kappa ?? null,
      lower: kappa?.lower ?? null,
      upper: kappa?.upper ?? null,
      limit: policy.minKappa,
      observed: kappa?.observed ?? null,
      diversity,
      frames,
      unpairedFrames,
    },
  };

  function judgeKappa(): [GateCheck['verdict'], string] {
    if (frames === 0 && cannotPair(input)) return ['inconclusive', CANNOT_PAIR];
    if (frames < policy.minPairedFrames) {
      return [
        'inconclusive',
        `${frames} of the ${policy.minPairedFrames} frames needed have been seen by both versions`,
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
    } else if (kappa.upper < policy.minKappa) {
      return ['fail', `${figures}: below ${policy.minKappa} they do different jobs`];
    }
    const clearly = kappa.lower >= Math.min(policy.minKappa, policy.minKappa / 2) || kappa.observed === 1;
    if (kappa.kappa >= policy.minKappa && clearly) return ['pass', figures];
    return ['inconclusive', `${figures}: too uncertain to say whether it reaches ${policy.minKappa}`];
  }
}

const describeKappa = ({ kappa, lower, upper, frames, observed }: Kappa): string =>
  `the two versions agree on ${percent(observed)} of ${frames} frames, kappa ${kappa.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;

/** Upper end of the observed agreement: kappa's interval undone. */
const upperAgreement = ({ upper, expected }: Kappa): number => upper * (1 - expected) + expected;
