import { err, ok, type DetectionSpec, type Result, type ThresholdOverride } from '@hamon/contracts';

/** One per label. */
export const thresholdsOf = ({ threshold, labels }: DetectionSpec): number[] =>
  typeof threshold === 'number' ? labels.map(() => threshold) : [...threshold];

/** Labels that are not named keep theirs. */
export function withThreshold(
  spec: DetectionSpec,
  threshold: ThresholdOverride,
): Result<DetectionSpec, string> {
  if (typeof threshold === 'number') {
    return isScore(threshold) ? ok({ ...spec, threshold }) : err(outside('threshold', threshold));
  }
  const byLabel = thresholdsOf(spec);
  for (const [label, value] of Object.entries(threshold)) {
    const place = spec.labels.indexOf(label);
    if (place < 0) return err(`threshold names "${label}", which is not one of output.labels`);
    if (!isScore(value)) return err(outside(`threshold of "${label}"`, value));
    byLabel[place] = value;
  }
  return ok({ ...spec, threshold: byLabel });
}

const isScore = (value: number): boolean => value > 0 && value < 1;

const outside = (what: string, value: number): string => `${what} must be above 0 and below 1, is ${value}`;
