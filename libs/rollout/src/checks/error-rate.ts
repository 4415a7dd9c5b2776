import type { GateCheck } from '@hamon/contracts';
import { anytimeMultiplier, differenceInterval, wilsonInterval } from '@hamon/stats';
import { rejectedCount, rejectedShare } from '../arrivals.js';
import { sumArrivals, type SideEvidence } from '../evidence.js';
import { percent } from '../format.js';
import type { GateInput } from '../gate-input.js';
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
export function checkErrorRate(input: GateInput): GateCheck {
  const { candidate, freshFrames, freshFailures } = input.evidence;
  return worseOfCohorts(input, errorRateOf(candidate, input), () =>
    errorRateOf({ frames: freshFrames, failures: freshFailures }, input),
  );
}

type Counts = Pick<SideEvidence, 'frames' | 'failures'>;

function errorRateOf(candidate: Counts, { evidence, policy, updates }: GateInput): GateCheck {
  const { control, freshFrames } = evidence;
  const arrivals = sumArrivals([evidence.candidate]);
  const minFrames = policy.latency.minFrames;
  // A control of few frames would only widen the interval until nothing can fail.
  const against = control.frames >= minFrames ? control : null;
  const rate = shareOf(candidate);
  const controlRate = against ? shareOf(against) : 0;
  const excess = rate - controlRate;
  const lower =
    candidate.frames < minFrames ? 0 : lowerExcess(candidate, against, minFrames, policy.confidence);

  // Whoever tolerates more at all tolerates it without a control, too.
  const ceiling = Math.max(policy.errorRateCeiling, policy.maxErrorRate);
  const lowerRate =
    candidate.frames < minFrames ? 0 : lowerExcess(candidate, null, minFrames, policy.confidence);
  const tooManyInAll = lowerRate > ceiling && !(against && excess < 0);
  const failed = lower > policy.maxErrorRate || tooManyInAll;
  const enough = freshFrames >= minFrames && candidate.frames >= minFrames;
  const verdict = failed
    ? 'fail'
    : enough && excess <= policy.maxErrorRate && rate <= ceiling
      ? 'pass'
      : 'inconclusive';
  return {
    name: 'error-rate',
    verdict,
    evidence: against ? (updates.comparable ? 'paired' : 'control') : 'absolute',
    detail: describe(),
    figures: {
      rate,
      controlRate: against ? controlRate : null,
      lowerExcess: lower,
      limit: policy.maxErrorRate,
      ceiling,
      failures: candidate.failures,
      frames: candidate.frames,
      freshFrames,
      // What no version was given tells of cameras and of who sends frames: shown beside the rate, never part of it.
      rejected: rejectedCount(arrivals),
      rejectedShare: rejectedShare(arrivals),
      controlRejectedShare: rejectedShare(sumArrivals([control])),
    },
  };

  function describe(): string {
    if (candidate.frames === 0) return 'the version has not been given a single frame yet';
    const beside = against ? `, the former version on ${percent(controlRate)}` : '';
    const figures = `the version failed on ${percent(rate)} of ${candidate.frames} frames${beside}`;
    if (rate > ceiling && (tooManyInAll || lower <= policy.maxErrorRate)) {
      return `${figures}; none may fail on more than ${percent(ceiling)}`;
    }
    if (failed)
      return `${figures}; at most ${percent(policy.maxErrorRate)}${against ? ' more' : ''} may fail`;
    if (enough) return figures;
    return `${figures}; it has answered ${freshFrames} of the ${minFrames} frames needed on devices new in this stage`;
  }
}

const shareOf = ({ failures, frames }: Counts): number => (frames === 0 ? 0 : failures / frames);

function lowerExcess(
  candidate: Counts,
  control: Counts | null,
  minFrames: number,
  confidence: number,
): number {
  const z = anytimeMultiplier(candidate.frames, minFrames, confidence);
  const first = { successes: candidate.failures, trials: candidate.frames };
  if (control) {
    return differenceInterval(first, { successes: control.failures, trials: control.frames }, z).lower;
  }
  return wilsonInterval(candidate.failures, candidate.frames, z).lower;
}
