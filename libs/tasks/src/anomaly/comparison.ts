import { ANOMALY_SCORE_BINS, type AnomalyAnswer, type AnomalyComparison } from '@hamon/contracts';
import { rankCorrelation } from '@hamon/stats';
import type { Comparisons, PairCollector } from '../task.js';
import { decisionKappa, isDiverse } from './decisions.js';
import { scoreBin } from './score-bin.js';

/** Pairs of bins as one number, and their frames. */
class PairCounts {
  private readonly cells = new Map<number, number>();

  add(first: number, second: number, frames: number): void {
    const cell = first * ANOMALY_SCORE_BINS + second;
    this.cells.set(cell, (this.cells.get(cell) ?? 0) + frames);
  }

  build(): AnomalyComparison['scores'] {
    return [...this.cells]
      .sort(([a], [b]) => a - b)
      .map(([cell, n]) => [Math.floor(cell / ANOMALY_SCORE_BINS), cell % ANOMALY_SCORE_BINS, n]);
  }
}

class Pairs implements PairCollector<'anomaly'> {
  frames = 0;
  private readonly counts = new PairCounts();

  add(first: AnomalyAnswer, second: AnomalyAnswer): void {
    this.frames += 1;
    this.counts.add(scoreBin(first), scoreBin(second), 1);
  }

  build(): AnomalyComparison {
    return { kind: 'anomaly/1', frames: this.frames, scores: this.counts.build() };
  }
}

function merge(a: AnomalyComparison, b: AnomalyComparison): AnomalyComparison {
  const counts = new PairCounts();
  for (const [first, second, n] of [...a.scores, ...b.scores]) counts.add(first, second, n);
  return { kind: 'anomaly/1', frames: a.frames + b.frames, scores: counts.build() };
}

export const comparisons: Comparisons<'anomaly'> = {
  empty: () => ({ kind: 'anomaly/1', frames: 0, scores: [] }),
  collect: () => new Pairs(),
  merge,
  transpose: ({ scores, ...rest }) => ({
    ...rest,
    scores: scores
      .map(([first, second, n]): [number, number, number] => [second, first, n])
      .sort(([a, b], [c, d]) => a - c || b - d),
  }),
  fault: ({ frames, scores }) => {
    const isBin = (bin: number): boolean => Number.isInteger(bin) && bin >= 0 && bin < ANOMALY_SCORE_BINS;
    if (scores.some(([a, b, n]) => !isBin(a) || !isBin(b) || !Number.isSafeInteger(n) || n < 0)) {
      return `paired scores lie in bins that are not one of ${ANOMALY_SCORE_BINS}`;
    }
    const paired = scores.reduce((sum, [, , n]) => sum + n, 0);
    return paired <= frames ? undefined : `${paired} paired frames of ${frames} that both answered`;
  },
  measure: 'agreement of decisions or scores',
  agreement,
  anotherJob: 0.2,
};

function agreement(comparison: AnomalyComparison): number | null {
  const { scores } = comparison;
  if (isDiverse(comparison)) return decisionKappa(comparison, 1)?.kappa ?? null;
  const doesFirstVary = new Set(scores.map(([first]) => first)).size > 1;
  // One score for all frames has no order in common with several.
  return rankCorrelation(scores, 1)?.value ?? (doesFirstVary ? 0 : null);
}
