import { ANOMALY_SCORE_BINS, type AnomalyAnswer } from '@hamon/contracts';

const HALF = ANOMALY_SCORE_BINS / 2;

/** The bin of a score; the decision says on which side of the threshold it lies, whatever rounding does there. */
export function scoreBin({ score, isAnomalous }: Pick<AnomalyAnswer, 'score' | 'isAnomalous'>): number {
  const bin = Math.floor(score * ANOMALY_SCORE_BINS);
  return isAnomalous
    ? Math.min(ANOMALY_SCORE_BINS - 1, Math.max(HALF, bin))
    : Math.max(0, Math.min(HALF - 1, bin));
}

export const isAnomalousBin = (bin: number): boolean => bin >= HALF;
