import type { GateCheck } from '@hamon/contracts';
import { anytimeMultiplier, differenceInterval, wilsonInterval } from '@hamon/stats';
import { rejectedCount, rejectedShare } from '../arrivals.js';
import { sumArrivals, type SideEvidence } from '../evidence.js';
import { percent } from '../format.js';
import type { GateInput } from '../gate-input.js';
import type { Check } from './check.js';
import { worseOfCohorts } from './worse-of-cohorts.js';

/**
 * Does the candidate fail on too many frames? With a control, the excess over the control's rate counts: frames that
 * neither version can answer are the camera's fault, and going back would not help. It fails where the excess is
 * certainly above the limit, and passes where it is not above it on enough frames. Below `minFrames` nothing is certain:
 * the interval is an approximation that two unlucky frames of five would break.
 *
 * A bad control excuses up to the ceiling only. A version certainly above it fails unless it is better than the control:
 * going back from that one would make things worse, and a person has to look.
 */
export const errorRate = {
  name: 'error-rate',
  judge: (input) => {
    const { candidate, freshFrames, freshFailures } = input.evidence;
    return worseOfCohorts(input, errorRateOf(candidate, input), () =>
      errorRateOf({ frames: freshFrames, failures: freshFailures }, input),
    );
  },
} as const satisfies Check<GateInput>;

type Counts = Pick<SideEvidence, 'frames' | 'failures'>;

/** The candidate's rate beside the control's, and what is certain of it. */
interface Rates {
  readonly candidate: Counts;
  readonly rate: number;
  /** Null where the control has too few frames: they would only widen the interval until nothing can fail. */
  readonly controlRate: number | null;
  /** Lower end of what the candidate fails on more than the control. */
  readonly lowerExcess: number;
  readonly ceiling: number;
  /** Certainly above the ceiling, and no better than the control. */
  readonly isAboveCeiling: boolean;
}

function errorRateOf(candidate: Counts, input: GateInput): GateCheck {
  const { evidence, policy, updates } = input;
  const rates = ratesOf(candidate, input);
  const { rate, controlRate, lowerExcess, ceiling } = rates;
  const arrivals = sumArrivals([evidence.candidate]);
  const [verdict, detail] = judgeRates(rates, input);
  return {
    name: 'error-rate',
    verdict,
    evidence: controlRate === null ? 'absolute' : updates.comparable ? 'paired' : 'control',
    detail,
    figures: {
      rate,
      controlRate,
      lowerExcess,
      limit: policy.maxErrorRate,
      ceiling,
      failures: candidate.failures,
      frames: candidate.frames,
      freshFrames: evidence.freshFrames,
      // What no version was given tells of cameras and of who sends frames: shown beside the rate, never part of it.
      rejected: rejectedCount(arrivals),
      rejectedShare: rejectedShare(arrivals),
      controlRejectedShare: rejectedShare(sumArrivals([evidence.control])),
    },
  };
}

function ratesOf(candidate: Counts, { evidence: { control }, policy }: GateInput): Rates {
  const { minFrames } = policy.latency;
  const against = control.frames >= minFrames ? control : null;
  const lowerAgainst = (other: Counts | null): number =>
    candidate.frames < minFrames ? 0 : lowerEnd(candidate, other, minFrames, policy.confidence);
  const rate = shareOf(candidate);
  const controlRate = against && shareOf(against);
  // Whoever tolerates more at all tolerates it without a control, too.
  const ceiling = Math.max(policy.errorRateCeiling, policy.maxErrorRate);
  const isBetter = controlRate !== null && rate < controlRate;
  return {
    candidate,
    rate,
    controlRate,
    lowerExcess: lowerAgainst(against),
    ceiling,
    isAboveCeiling: lowerAgainst(null) > ceiling && !isBetter,
  };
}

function judgeRates(
  { candidate, rate, controlRate, lowerExcess, ceiling, isAboveCeiling }: Rates,
  { evidence: { freshFrames }, policy: { maxErrorRate, latency } }: GateInput,
): [GateCheck['verdict'], string] {
  const { minFrames } = latency;
  const failed = lowerExcess > maxErrorRate || isAboveCeiling;
  const enough = freshFrames >= minFrames && candidate.frames >= minFrames;
  const isLow = rate - (controlRate ?? 0) <= maxErrorRate && rate <= ceiling;
  const verdict = failed ? 'fail' : enough && isLow ? 'pass' : 'inconclusive';
  if (candidate.frames === 0) return [verdict, 'the version has not been given a single frame yet'];
  const beside = controlRate === null ? '' : `, the former version on ${percent(controlRate)}`;
  const figures = `the version failed on ${percent(rate)} of ${candidate.frames} frames${beside}`;
  if (rate > ceiling && (isAboveCeiling || lowerExcess <= maxErrorRate)) {
    return [verdict, `${figures}; none may fail on more than ${percent(ceiling)}`];
  }
  if (failed) {
    const more = controlRate === null ? '' : ' more';
    return [verdict, `${figures}; at most ${percent(maxErrorRate)}${more} may fail`];
  }
  if (enough) return [verdict, figures];
  return [
    verdict,
    `${figures}; it has answered ${freshFrames} of the ${minFrames} frames needed on devices new in this stage`,
  ];
}

const shareOf = ({ failures, frames }: Counts): number => (frames === 0 ? 0 : failures / frames);

/** Lower end of the interval of the candidate's rate, less the control's where there is one. */
function lowerEnd(candidate: Counts, control: Counts | null, minFrames: number, confidence: number): number {
  const z = anytimeMultiplier(candidate.frames, minFrames, confidence);
  const first = { successes: candidate.failures, trials: candidate.frames };
  if (control) {
    return differenceInterval(first, { successes: control.failures, trials: control.frames }, z).lower;
  }
  return wilsonInterval(candidate.failures, candidate.frames, z).lower;
}
